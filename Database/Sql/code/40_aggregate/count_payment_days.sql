-- Counts payments by the key of rollup.payment_days; sign -1 takes them out.
-- Grain: one cell. Reads: nothing. Called by: add_to_rollups.
create function pipeline.count_payment_days(
    p_payments staging.scored_payment[],
    p_sign int
) returns setof rollup.payment_days
language sql
immutable
parallel safe
as $$
    select
        scored.payment_date,
        scored.merchant_id,
        scored.payment_status,
        coalesce(scored.payment_method, '')::varchar(20) as payment_method,
        scored.currency,
        scored.customer_country,
        p_sign * count(*),
        p_sign * sum(scored.amount),
        p_sign * count(scored.processing_time_seconds),
        p_sign * coalesce(sum(scored.processing_time_seconds), 0),
        p_sign * count(*) filter (where scored.is_suspicious),
        p_sign * sum(scored.amount * scored.amount)
    from unnest(p_payments) as scored
    group by
        scored.payment_date,
        scored.merchant_id,
        scored.payment_status,
        coalesce(scored.payment_method, '')::varchar(20),
        scored.currency,
        scored.customer_country;
$$;

comment on function pipeline.count_payment_days(staging.scored_payment[], int) is
    'Payments counted by UTC day, merchant, status, method, currency and country: what they add to rollup.payment_days, or take out (sign -1).';
