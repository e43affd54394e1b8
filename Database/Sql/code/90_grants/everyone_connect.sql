-- Who may connect to this database: the platform's logins, and nobody else but its owner.
-- Grain: none. Reads: nothing. Called by: the migrator, at every deploy.
do $$
begin
    execute format('revoke all on database %I from public', current_database());
    execute format(
        'grant connect on database %I to payments_api, payments_worker, bi_reader, bi_reader_pii',
        current_database()
    );
end;
$$;
