-- Differences, by what is given, with their age.
-- Grain: one difference. Reads: reconciliation.differences.
-- Called by: GET /api/reconciliation/differences, GET /api/reconciliation/differences/{id}.
create function pipeline.list_differences(
    p_level text,
    p_class text,
    p_status text,
    p_processor text,
    p_account text,
    p_merchant_id text,
    p_currency text,
    p_age text,
    p_as_of date
) returns table (
    difference_id bigint,
    run_id bigint,
    level varchar,
    aspect varchar,
    class varchar,
    status varchar,
    processor varchar,
    account varchar,
    merchant_id varchar,
    expected_kind varchar,
    expected_key varchar,
    actual_kind varchar,
    actual_key varchar,
    currency varchar,
    expected_amount numeric,
    actual_amount numeric,
    difference_amount numeric,
    item_day date,
    age_days int,
    age varchar,
    opened_at timestamptz,
    updated_at timestamptz,
    closed_at timestamptz,
    closed_by varchar,
    reason varchar,
    note varchar
)
language sql
stable
parallel safe
as $$
    select
        difference.difference_id,
        difference.run_id,
        difference.level,
        difference.aspect,
        difference.class,
        difference.status,
        difference.processor,
        difference.account,
        difference.merchant_id,
        difference.expected_kind,
        difference.expected_key,
        difference.actual_kind,
        difference.actual_key,
        difference.currency::varchar as currency,
        difference.expected_amount,
        difference.actual_amount,
        difference.difference_amount,
        difference.item_day,
        aged.age_days,
        pipeline.age_bucket(aged.age_days)::varchar as age,
        difference.opened_at,
        difference.updated_at,
        difference.closed_at,
        difference.closed_by,
        difference.reason,
        difference.note
    from reconciliation.differences as difference
    cross join lateral (
        -- What is settled grows no older.
        select greatest(
            0,
            coalesce((difference.closed_at at time zone 'UTC')::date, p_as_of) - difference.item_day
        ) as age_days
    ) as aged
    where (p_level is null or difference.level = p_level)
        and (p_class is null or difference.class = p_class)
        and (p_status is null or difference.status = p_status)
        and (p_processor is null or difference.processor = p_processor)
        and (p_account is null or difference.account = p_account)
        and (p_merchant_id is null or difference.merchant_id = p_merchant_id)
        and (p_currency is null or difference.currency = p_currency)
        and (p_age is null or pipeline.age_bucket(aged.age_days) = p_age);
$$;

comment on function pipeline.list_differences(
    text, text, text, text, text, text, text, text, date
) is
    'Differences with their age in days and its bucket. Unordered: the caller pages by difference_id.';
