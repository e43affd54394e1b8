using Npgsql;

namespace Payments.Database;

/// <summary>What a role lacks.</summary>
/// <param name="Role">Its name.</param>
/// <param name="Password">The password to set; null when none was given: then it is created without login.</param>
/// <param name="Action">What is reported.</param>
internal sealed record LoginChange(string Role, string? Password, string Action);

/// <summary>
/// The logins of services and BI tools. Privileges are granted to them, so their roles must exist; whether they can log in, and with
/// which password, is changed only where a password is given. Roles belong to the server while databases are migrated in parallel: a
/// change that another session makes at the same instant is tried again.
/// </summary>
internal static class LoginRoles
{
    private const int Attempts = 20;
    private const string Api = "payments_api";
    private const string Worker = "payments_worker";
    private const string Bi = "bi_reader";
    private const string BiPersonal = "bi_reader_pii";

    public static IReadOnlyList<string> Names { get; } = [Api, Worker, Bi, BiPersonal];

    private static readonly (string Setting, string Value)[] GuardRails = [("default_transaction_read_only", "on"), ("statement_timeout", "2min")];

    /// <summary>The roles that are missing, and the passwords that differ from those given.</summary>
    public static async Task<IReadOnlyList<LoginChange>> FindChangesAsync(NpgsqlConnection connection, MigratorOptions options, CancellationToken cancellationToken)
    {
        // Only a superuser may compare passwords.
        await using var ask = new NpgsqlCommand("select has_table_privilege('pg_catalog.pg_authid', 'select')", connection);
        var roles = await ask.ExecuteScalarAsync(cancellationToken) is true ? "pg_authid" : "pg_roles";
        var present = new Dictionary<string, (bool CanLogIn, string? Verifier)>();
        await using var command = new NpgsqlCommand($"select rolname::text, rolcanlogin, rolpassword from pg_catalog.{roles} where rolname = any ($1)", connection);
        command.Parameters.Add(new() { Value = Names.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            present[reader.GetString(0)] = (reader.GetBoolean(1), await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetString(2));
        }

        return [.. Names.Select(role => Change(role, PasswordOf(role, options), present.TryGetValue(role, out var found) ? found : null)).OfType<LoginChange>()];
    }

    /// <summary>Creates what is missing and sets the passwords that were given, and nothing else of a login that exists.</summary>
    /// <exception cref="DatabaseMigrationException">The user lacks the privilege.</exception>
    public static async Task EnsureAsync(NpgsqlConnection connection, MigratorOptions options, IEnumerable<LoginChange> changes, CancellationToken cancellationToken)
    {
        foreach (var (role, password, _) in changes)
        {
            await CreateAsync(connection, role, cancellationToken);
            if (password is not null)
            {
                await SetPasswordAsync(connection, role, password, cancellationToken);
            }
        }

        // The worker watches and cancels slow statements of the other logins: a member sees and signals their sessions, of this
        // platform only. Where the migrator may not grant that, it sees its own.
        foreach (var role in Names.Where(name => name != Worker))
        {
            await TryAsync(
                connection,
                options,
                $"slow statements of {role} are not watched",
                $"""
                if not pg_has_role('{Worker}', '{role}', 'member') then
                    grant {role} to {Worker};
                end if;
                """,
                cancellationToken);
        }

        // Guard rails that a BI session could lift; the wall is what it is not granted. A login that somebody else looks after, or a
        // value that somebody else has set, stays.
        foreach (var (role, rail) in from role in new[] { Bi, BiPersonal } from rail in GuardRails select (role, rail))
        {
            await TryAsync(
                connection,
                options,
                $"{role} starts without {rail.Setting} = {rail.Value}",
                $"""
                if exists (
                    select
                    from pg_catalog.pg_roles as role
                    where role.rolname = '{role}'
                        and ({(options.BiPassword is null ? "not role.rolcanlogin" : "true")})
                        and not exists (
                            select
                            from unnest(role.rolconfig) as setting
                            where starts_with(setting, '{rail.Setting}=')
                        )
                ) then
                    alter role {role} set {rail.Setting} = '{rail.Value}';
                end if;
                """,
                cancellationToken);
        }
    }

    private static LoginChange? Change(string role, string? password, (bool CanLogIn, string? Verifier)? present) => (present, password) switch
    {
        (null, null) => new(role, null, $"create role {role} without login"),
        (null, _) => new(role, password, $"create login {role}"),
        (_, null) => null,
        ({ CanLogIn: false }, _) => new(role, password, $"let {role} log in, with the given password"),
        ({ Verifier: { } verifier }, _) when ScramVerifier.IsOf(verifier, password) => null,
        _ => new(role, password, $"set the password of {role}"),
    };

    private static string? PasswordOf(string role, MigratorOptions options) => role switch
    {
        Api => options.ApiPassword,
        Worker => options.WorkerPassword,
        _ => options.BiPassword,
    };

    private static async Task CreateAsync(NpgsqlConnection connection, string role, CancellationToken cancellationToken)
    {
        try
        {
            await TryUntilAloneAsync(
                connection,
                $"""
                if not exists (select from pg_catalog.pg_roles as role where role.rolname = '{role}') then
                    create role {role};
                end if;
                """,
                cancellationToken);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new DatabaseMigrationException(
                ExitCodes.Failed,
                $"The role {role} is missing and user {connection.UserName} may not create roles. As an administrator run "
                + $"'create role {role}' (and for the others of {string.Join(", ", Names)}), or 'alter role {connection.UserName} createrole'.",
                error);
        }
    }

    private static async Task SetPasswordAsync(NpgsqlConnection connection, string role, string password, CancellationToken cancellationToken)
    {
        try
        {
            await TryUntilAloneAsync(connection, $"alter role {role} login password '{ScramVerifier.Of(password)}';", cancellationToken);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            var setting = role switch
            {
                Api => "Database__ApiPassword",
                Worker => "Database__WorkerPassword",
                _ => "Database__BiPassword",
            };
            throw new DatabaseMigrationException(
                ExitCodes.Failed,
                $"User {connection.UserName} may not set the password of {role}. As an administrator run 'alter role {connection.UserName} createrole' "
                + $"(from PostgreSQL 16 on also 'grant {role} to {connection.UserName} with admin option'), or set that password yourself and leave {setting} unset.",
                error);
        }
    }

    // What is welcome but not needed.
    private static async Task TryAsync(NpgsqlConnection connection, MigratorOptions options, string loss, string statements, CancellationToken cancellationToken)
    {
        try
        {
            await TryUntilAloneAsync(connection, statements, cancellationToken);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            options.Report($"warning: {loss} ({error.MessageText})");
        }
    }

    // Concurrent changes of one role end in "tuple concurrently updated", an internal_error: caught inside the server, because the
    // client would take it for a broken one and hang up, and the migrator's lock with it.
    private static async Task TryUntilAloneAsync(NpgsqlConnection connection, string statements, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            do $$
            begin
                for attempt in 1..{Attempts} loop
                    begin
                        {statements}
                        exit;
                    exception
                        when internal_error or unique_violation or duplicate_object then
                            if attempt = {Attempts} then
                                raise;
                            end if;
                            perform pg_sleep(0.02 * attempt);
                    end;
                end loop;
            end;
            $$
            """,
            connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
