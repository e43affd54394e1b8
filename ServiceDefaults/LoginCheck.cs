using Npgsql;

namespace Payments.ServiceDefaults;

/// <summary>
/// Whether the service's login is one of its own, or could do what only the migrator should. The first session that the database opens
/// is asked, before anything else uses it; until it has passed no session is handed out.
/// </summary>
internal sealed class LoginCheck(bool mayRunAsOwner)
{
    // Catalogue only: the database need not be migrated. A member of a role can become it.
    private const string Query = """
        with platform_schemas as (
            select
                namespace.oid,
                namespace.nspowner
            from pg_catalog.pg_namespace as namespace
            where namespace.nspname in (
                'public', 'partitions', 'rollup', 'staging', 'risk', 'ops', 'quartz', 'settlement', 'sla', 'reconciliation', 'pipeline'
            )
        ),
        owned as (
            select
                1 as priority,
                'a superuser' as privilege,
                role.oid as owner
            from pg_catalog.pg_roles as role
            where role.rolsuper
            union all
            select
                2,
                'a role that may create roles',
                role.oid
            from pg_catalog.pg_roles as role
            where role.rolcreaterole
            union all
            select
                3,
                'the owner of the database',
                database.datdba
            from pg_catalog.pg_database as database
            where database.datname = current_database()
            union all
            select
                4,
                'the owner of a schema of the platform',
                platform_schemas.nspowner
            from platform_schemas
            union all
            select
                5,
                'the owner of tables of the platform',
                class.relowner
            from pg_catalog.pg_class as class
            inner join platform_schemas on platform_schemas.oid = class.relnamespace
            group by class.relowner
        )
        select
            session_user::text as login,
            (
                select owned.privilege
                from owned
                where pg_has_role(session_user, owned.owner, 'member')
                order by
                    owned.priority,
                    owned.owner
                limit 1
            ) as privilege
        """;

    private readonly TaskCompletionSource _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the first session.</summary>
    public Task Decided => _decided.Task;

    /// <summary>The login and what it is, for example "postgres is a superuser"; null when it is neither owner nor superuser, or not known yet.</summary>
    public string? Finding { get; private set; }

    /// <summary>Whether no session is handed out, for good.</summary>
    public bool IsRefused => Finding is not null && !mayRunAsOwner;

    /// <summary>Checks the sessions of a data source.</summary>
    public void Guard(NpgsqlDataSourceBuilder source) => source.UsePhysicalConnectionInitializer(Check, CheckAsync);

    private void Check(NpgsqlConnection connection)
    {
        if (!Decided.IsCompleted)
        {
            using var command = new NpgsqlCommand(Query, connection);
            using var reader = command.ExecuteReader();
            reader.Read();
            Decide(reader);
        }

        DemandPassed();
    }

    private async Task CheckAsync(NpgsqlConnection connection)
    {
        if (!Decided.IsCompleted)
        {
            await using var command = new NpgsqlCommand(Query, connection);
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            Decide(reader);
        }

        DemandPassed();
    }

    private void Decide(NpgsqlDataReader row)
    {
        if (!row.IsDBNull(1))
        {
            Finding = $"{row.GetString(0)} is {row.GetString(1)}";
        }

        _decided.TrySetResult();
    }

    // As if the database were unavailable: callers get a 503, loops wait, until the process has ended.
    private void DemandPassed()
    {
        if (IsRefused)
        {
            throw new NpgsqlException($"The service does not use the login of ConnectionStrings:{PaymentsDatabase.ConnectionName}: {Finding}");
        }
    }
}
