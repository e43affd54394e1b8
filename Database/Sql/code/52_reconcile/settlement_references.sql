-- The settlements that a text of a processor or a bank names: settlement ids are recognised wherever they stand.
-- Grain: one settlement id. Reads: nothing. Called by: match_payouts, match_bank_lines.
create function pipeline.settlement_references(
    p_text text
) returns table (settlement_id text)
language sql
stable
parallel safe
as $$
    select distinct found.id[1]
    from regexp_matches(p_text, 'STL-[0-9]{8}-[A-Z]{3}-[A-Za-z0-9_-]+', 'g') as found (id);
$$;

comment on function pipeline.settlement_references(text) is
    'Settlement ids in a text, each once.';
