-- Matches the session's pool: by reference, by amount, then one with several either way, and proposes what is near.
-- Grain: none. Reads: pool, pool_link. Called by: match_payouts, match_bank_lines.
create function pipeline.match_pool() returns void
language plpgsql
as $$
begin
    perform pipeline.link_pool();
    perform pipeline.match_references();
    perform pipeline.match_amounts();
    perform pipeline.match_runs('days', true);
    perform pipeline.match_runs('days', false);
    perform pipeline.match_runs('run', true);
    perform pipeline.match_runs('run', false);
    perform pipeline.match_runs('subset', true);
    perform pipeline.match_runs('subset', false);
    perform pipeline.match_near();
    perform pipeline.settle_pool();
end;
$$;

comment on function pipeline.match_pool() is
    'All ways of matching the session''s pool, the surest first.';
