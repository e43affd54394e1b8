-- Who may connect to this database: the platform's logins, nobody else but its owner; the worker may use temporary tables.
-- Grain: none. Reads: nothing. Called by: the migrator, at every deploy.
do $$
begin
    execute format('revoke all on database %I from public', current_database());
    execute format(
        'grant connect on database %I to payments_api, payments_worker, bi_reader, bi_reader_pii',
        current_database()
    );
    execute format('grant temporary on database %I to payments_worker', current_database());
end;
$$;
