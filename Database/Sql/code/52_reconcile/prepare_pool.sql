-- Begins the matching of a level: the run, and the session's empty tables, the pool of items that wait, who names whom, and what
-- is found. A level fills the pool's columns before pool_id.
-- Grain: one row, the run. Reads: reconciliation.runs. Called by: match_payouts, match_bank_lines.
create function pipeline.prepare_pool(
    p_run_id bigint
) returns reconciliation.runs
language plpgsql
as $$
declare
    v_run reconciliation.runs;
begin
    perform pipeline.lock_reconciliation();
    select run.*
    into strict v_run
    from reconciliation.runs as run
    where run.run_id = p_run_id;
    create temporary table temp_pool (
        is_actual boolean not null,
        item_kind varchar(10) collate "C" not null,
        item_key varchar(230) collate "C" not null,
        -- Whose money, or in which account: only items of one party are added up.
        party varchar(200) collate "C" not null,
        currency char(3) collate "C" not null,
        amount numeric(24, 3) not null,
        day date not null,
        days int not null,
        processor varchar(20) collate "C" not null,
        account varchar(100) collate "C" not null,
        merchant_id varchar(50) collate "C",
        opens_differences boolean not null,
        pool_id bigint generated always as identity,
        -- 0: waits; 1: matched; 2: tied, for a person; 3: named, and does not add up. Room on each page keeps the change of a state there.
        state smallint not null default 0
    ) with (fillfactor = 50);
    create temporary table temp_pool_name (
        actual_id bigint not null,
        item_kind varchar(10) collate "C" not null,
        item_key varchar(230) collate "C" not null
    );
    create temporary table temp_pool_link (
        actual_id bigint not null,
        expected_id bigint not null
    );
    create temporary table temp_found_group (
        group_id bigint generated always as identity,
        method varchar(10) collate "C" not null,
        is_match boolean not null,
        score int,
        is_settled boolean not null default false,
        actual_ids bigint[] not null,
        expected_ids bigint[] not null
    );
    return v_run;
end;
$$;

comment on function pipeline.prepare_pool(bigint) is
    'Locks matches and makes the session''s tables temp_pool, temp_pool_name, temp_pool_link and temp_found_group; returns the run.';
