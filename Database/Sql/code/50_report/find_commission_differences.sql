-- Settlements whose commission is not what fees and rates make it, of those asked for; ends as soon as a page is full.
-- Grain: one settlement with a difference. Reads: check_commissions, settlements.
-- Called by: GET /api/settlements/commission-differences, list_commission_differences.
--
-- Every settlement that is checked has all of its payments read: so they are taken a thousand at a time, newest period
-- first (ids begin with the period's first day), until enough of them differ.
create function pipeline.find_commission_differences(
    p_merchant_id text,
    p_currency text,
    p_status text,
    p_cause text,
    p_period_from date,
    p_period_to date,
    p_before text default null,
    p_most int default null
) returns table (
    settlement_id varchar,
    merchant_id varchar,
    currency varchar,
    period_start date,
    status varchar,
    stored_amount numeric,
    recomputed_amount numeric,
    difference numeric,
    cause varchar,
    payments_affected bigint
)
language plpgsql
stable
as $$
declare
    v_chunk constant int := 1000;
    v_asked text[];
    v_ids text[];
    v_found bigint := 0;
    v_more bigint;
begin
    v_asked := array(
        select asked.settlement_id::text
        from public.settlements as asked
        where (p_merchant_id is null or asked.merchant_id = p_merchant_id)
            and (p_currency is null or asked.currency = p_currency)
            and (p_status is null or asked.status = p_status)
            and (p_period_from is null or asked.period_end > p_period_from)
            and (p_period_to is null or asked.period_start <= p_period_to)
            and (p_before is null or asked.settlement_id < p_before)
        order by asked.settlement_id desc
    );

    for v_first in 1..cardinality(v_asked) by v_chunk loop
        v_ids := v_asked[v_first:v_first + v_chunk - 1];
        return query
        select
            wrong.settlement_id,
            wrong.merchant_id,
            wrong.currency,
            wrong.period_start,
            wrong.status,
            wrong.stored_amount,
            wrong.recomputed_amount,
            wrong.difference,
            wrong.cause,
            wrong.payments_affected
        from pipeline.check_commissions(v_ids) as wrong
        where p_cause is null
            or wrong.cause = p_cause;
        get diagnostics v_more = row_count;
        v_found := v_found + v_more;
        exit when v_found >= p_most;
    end loop;
end;
$$;

comment on function pipeline.find_commission_differences(
    text, text, text, text, date, date, text, int
) is
    'Differences of check_commissions among the settlements of a merchant, currency, status and time, by cause; null means any. Of settlements before p_before, and at least p_most of them if there are so many. Unordered: the caller pages by settlement_id, descending.';
