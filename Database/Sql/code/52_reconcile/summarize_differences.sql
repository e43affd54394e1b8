-- Open differences by level, class, currency and age.
-- Grain: one level, class, currency and age bucket. Reads: list_differences.
-- Called by: GET /api/reconciliation/differences/summary.
create function pipeline.summarize_differences(
    p_as_of date
) returns table (
    level varchar,
    class varchar,
    currency varchar,
    age varchar,
    difference_count bigint,
    expected_amount numeric,
    actual_amount numeric,
    difference_amount numeric
)
language sql
stable
parallel safe
as $$
    select
        difference.level,
        difference.class,
        difference.currency,
        difference.age,
        count(*) as difference_count,
        sum(difference.expected_amount) as expected_amount,
        sum(difference.actual_amount) as actual_amount,
        sum(difference.difference_amount) as difference_amount
    from pipeline.list_differences(
        null, null, 'open', null, null, null, null, null, p_as_of
    ) as difference
    group by
        difference.level,
        difference.class,
        difference.currency,
        difference.age
    order by
        difference.level,
        difference.class,
        difference.currency,
        min(difference.age_days);
$$;

comment on function pipeline.summarize_differences(date) is
    'Open differences counted and summed by level, class, currency and age.';
