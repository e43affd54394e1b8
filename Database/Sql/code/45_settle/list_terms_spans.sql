-- Which terms merchants follow when: spans that cover all time, without gaps and without overlaps.
-- Grain: one span of a merchant. Reads: settlement.terms.
-- Called by: terms_on, gather_unsettled, recompute_settlements, list_settlement_payments, check_commissions.
--
-- Later terms end earlier ones for good. Where no terms hold, those of a merchant without any do (terms_id null). A span
-- begins at the instant at which its first processing day begins by its own zone and cut-off, and ends where the next
-- one begins; valid_from and valid_until are its processing days, to which days at its edges are clipped (processing_day).
create function pipeline.list_terms_spans(
    p_merchant_ids text[]
) returns table (
    merchant_id varchar,
    terms_id bigint,
    valid_from date,
    valid_until date,
    starts_at timestamptz,
    ends_at timestamptz,
    cycle varchar,
    week_day int,
    delay_days int,
    delay_kind varchar,
    calendar varchar,
    time_zone varchar,
    day_shift interval,
    reserve_percent numeric,
    reserve_days int
)
language sql
stable
parallel safe
as $$
    with asked as (
        select distinct asked.merchant_id collate "C" as merchant_id
        from unnest(p_merchant_ids) as asked (merchant_id)
    ),
    agreed as (
        select
            terms.*,
            lead(terms.valid_from, 1, 'infinity') over of_merchant as next_from,
            least(
                coalesce(terms.valid_until, 'infinity'),
                lead(terms.valid_from, 1, 'infinity') over of_merchant
            ) as ends_on
        from asked
        inner join settlement.terms as terms on terms.merchant_id = asked.merchant_id
        window of_merchant as (
            partition by terms.merchant_id
            order by terms.valid_from
        )
    ),
    span as (
        select
            agreed.merchant_id,
            agreed.terms_id,
            agreed.valid_from,
            agreed.ends_on as valid_until,
            agreed.cycle,
            agreed.week_day::int as week_day,
            agreed.delay_days,
            agreed.delay_kind,
            agreed.calendar,
            agreed.time_zone,
            case
                when agreed.cut_off is null then interval '0'
                else interval '24:00' - agreed.cut_off::interval
            end as day_shift,
            agreed.reserve_percent,
            agreed.reserve_days
        from agreed
        union all
        select
            gap.merchant_id,
            null,
            gap.valid_from,
            gap.valid_until,
            'daily',
            null,
            2,
            'calendar',
            null,
            'UTC',
            interval '0',
            0,
            0
        from (
            select
                asked.merchant_id,
                '-infinity'::date as valid_from,
                coalesce(min(agreed.valid_from), 'infinity') as valid_until
            from asked
            left join agreed on agreed.merchant_id = asked.merchant_id
            group by asked.merchant_id
            union all
            select
                agreed.merchant_id,
                agreed.ends_on,
                agreed.next_from
            from agreed
            where agreed.ends_on < agreed.next_from
        ) as gap
    ),
    begun as (
        select
            span.*,
            (span.valid_from::timestamp - span.day_shift) at time zone span.time_zone as starts_at
        from span
    )
    select
        begun.merchant_id,
        begun.terms_id,
        begun.valid_from,
        begun.valid_until,
        begun.starts_at,
        coalesce(
            min(begun.starts_at) over (
                partition by begun.merchant_id
                order by begun.valid_from
                rows between 1 following and unbounded following
            ),
            'infinity'
        ) as ends_at,
        begun.cycle,
        begun.week_day,
        begun.delay_days,
        begun.delay_kind,
        begun.calendar,
        begun.time_zone,
        begun.day_shift,
        begun.reserve_percent,
        begun.reserve_days
    from begun;
$$;

comment on function pipeline.list_terms_spans(text[]) is
    'Terms of these merchants as spans that cover all time; terms_id null: those of a merchant without any. Unordered.';
