-- Whether there is such a settlement.
-- Grain: one settlement; no row for an unknown one. Reads: public.settlements.
-- Called by: GET /api/lineage/settlements/{id}.
create function pipeline.find_settlement(
    p_settlement_id text
) returns table (settlement_id varchar)
language sql
stable
parallel safe
as $$
    select settlement.settlement_id
    from public.settlements as settlement
    where settlement.settlement_id = p_settlement_id;
$$;

comment on function pipeline.find_settlement(text) is
    'The settlement of this id; no row for an unknown one.';
