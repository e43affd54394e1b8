-- What each payment of settlements costs by the fees and rates that are known now for its processing day.
-- Grain: one payment that is in the store. Reads: settlement_payments, payments, terms, fees and rates.
-- Called by: recompute_settlements, check_commissions (null: all settlements).
create function pipeline.resolve_fees(
    p_settlement_ids text[]
) returns table (
    settlement_id varchar,
    payment_id varchar,
    amount numeric,
    processing_day date,
    fee_id bigint,
    commission_rate numeric,
    fee_amount numeric,
    stored_fee_id bigint,
    stored_fee_amount numeric
)
language sql
stable
parallel safe
as $$
    with linked as materialized (
        select
            link.settlement_id,
            link.payment_id,
            link.transaction_date,
            link.fee_id as stored_fee_id,
            link.fee_amount as stored_fee_amount,
            payment.merchant_id,
            payment.currency,
            coalesce(payment.payment_method, '') as payment_method,
            payment.amount
        from public.settlement_payments as link
        inner join public.payments as payment
            on payment.payment_id = link.payment_id
            -- As two equalities these would be taken for independent, all payments for one row, and the fees of all
            -- merchants be gone through for each of them.
            and payment.transaction_date >= link.transaction_date
            and payment.transaction_date <= link.transaction_date
        where p_settlement_ids is null
            or link.settlement_id = any (p_settlement_ids)
    ),
    paid as (
        select
            array_agg(paid.merchant_id) as merchant_ids,
            array_agg(paid.currency) as currencies,
            array_agg(paid.payment_method) as payment_methods
        from (
            select
                linked.merchant_id,
                linked.currency,
                linked.payment_method
            from linked
            group by
                linked.merchant_id,
                linked.currency,
                linked.payment_method
        ) as paid
    ),
    span as materialized (
        select span.*
        from paid
        cross join lateral pipeline.list_terms_spans(paid.merchant_ids) as span
    ),
    fee as materialized (
        select fee.*
        from paid
        cross join lateral pipeline.list_fee_spans(
            paid.merchant_ids, paid.currencies, paid.payment_methods
        ) as fee
    )
    select
        linked.settlement_id,
        linked.payment_id,
        linked.amount,
        day.processing_day,
        fee.fee_id,
        fee.commission_rate,
        case
            when fee.fee_id is null
                then pipeline.fee(linked.amount, fee.commission_rate, 0, 0)
            else pipeline.fee(linked.amount, fee.percent, fee.fixed_amount, fee.minimum_amount)
        end as fee_amount,
        linked.stored_fee_id,
        linked.stored_fee_amount
    from linked
    inner join span
        on span.merchant_id = linked.merchant_id
        and linked.transaction_date >= span.starts_at
        and linked.transaction_date < span.ends_at
    cross join lateral (
        select pipeline.processing_day(
            linked.transaction_date,
            span.time_zone,
            span.day_shift,
            span.valid_from,
            span.valid_until
        ) as processing_day
    ) as day
    inner join fee
        on fee.merchant_id = linked.merchant_id
        and fee.currency = linked.currency
        and fee.payment_method = linked.payment_method
        and day.processing_day >= fee.valid_from
        and day.processing_day < fee.valid_until;
$$;

comment on function pipeline.resolve_fees(text[]) is
    'The exact fee of each payment of these settlements (null: all) as fees and rates are now, beside what its link says (null: the rate of its settlement). Unordered.';
