-- The numbers of advisory locks, all of them: what two must not do at once has a name here, and nobody writes a number.
-- Grain: one lock. Reads: nothing. Called by: whatever takes an advisory lock.
--
-- Lanes, runs and spooled files are one lock each, told apart by a second number. Before this function is there, the migrator
-- takes 7402 for itself. A name that is not here is an error.
create function pipeline.lock_key(
    p_name text
) returns int
language plpgsql
immutable
parallel safe
as $$
begin
    case p_name
        -- A run, by its worker's session.
        when 'run' then return 7400;
        -- A staging lane, by the session or transaction whose batch lies in it.
        when 'lane' then return 7401;
        -- Customers' countries and merchants: shared by batches of payments, alone by who changes them or stored payments.
        when 'parties' then return 7403;
        when 'partitions' then return 7404;
        -- Staged merchants, whose table is one for all.
        when 'merchants' then return 7405;
        -- risk.events are numbered in the order of their commits.
        when 'events' then return 7406;
        -- Verdicts and new scores of stored payments.
        when 'verdicts' then return 7407;
        -- Files of processors and banks.
        when 'reports' then return 7408;
        when 'rule_counts' then return 7409;
        when 'quarantine' then return 7410;
        -- A spooled file, by the first bytes of its hash.
        when 'spool' then return 7411;
        when 'settlements' then return 7412;
        -- sla.incident_events are numbered in the order of their commits.
        when 'sla_events' then return 7413;
        when 'reconciliation' then return 7414;
        when 'archive' then return 7415;
        -- Lanes of the API are cleared by one at a time.
        when 'lane_sweep' then return 7416;
        -- Sources of the API, by a hash of their names; idempotency keys likewise.
        when 'source' then return 7417;
        when 'idempotency' then return 7418;
        when 'slow_queries' then return 7420;
    end case;
end;
$$;

comment on function pipeline.lock_key(text) is
    'The number of an advisory lock by its name; an unknown name is an error.';
