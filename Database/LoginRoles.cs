using Npgsql;

namespace Payments.Database;

/// <summary>
/// The logins of services and BI tools. Roles belong to the server while databases come in parallel: one that exists is taken as it
/// is, and a change that another session makes at the same instant is tried again.
/// </summary>
internal static class LoginRoles
{
    private const int Attempts = 20;
    private const string Worker = "payments_worker";

    public static IReadOnlyList<string> Names { get; } = ["payments_api", Worker, "bi_reader", "bi_reader_pii"];

    public static async Task EnsureAsync(NpgsqlConnection connection, MigratorOptions options, CancellationToken cancellationToken)
    {
        string?[] passwords = [options.ApiPassword, options.WorkerPassword, options.BiPassword, options.BiPassword];
        foreach (var (role, password) in Names.Zip(passwords))
        {
            await TryUntilAloneAsync(
                connection,
                $"""
                if not exists (select from pg_catalog.pg_roles as role where role.rolname = '{role}') then
                    create role {role};
                end if;
                """,
                cancellationToken);
            if (password is not null)
            {
                await TryUntilAloneAsync(connection, $"alter role {role} login password '{ScramVerifier.Of(password)}';", cancellationToken);
            }
        }

        // The worker watches and cancels slow statements of the other logins: a member sees and signals their sessions, of this
        // platform only. Where the migrator may not grant that, it sees its own.
        foreach (var role in Names.Where(name => name != Worker))
        {
            await TryUntilAloneAsync(
                connection,
                $"""
                begin
                    if not pg_has_role('{Worker}', '{role}', 'member') then
                        grant {role} to {Worker};
                    end if;
                exception
                    when insufficient_privilege then
                        raise warning 'slow statements of {role} are not watched: %', sqlerrm;
                end;
                """,
                cancellationToken);
        }

        // Guard rails that a BI session could lift; the wall is what it is not granted.
        foreach (var role in Names.Where(name => name.StartsWith("bi_", StringComparison.Ordinal)))
        {
            await TryUntilAloneAsync(
                connection,
                $"""
                if not exists (
                    select
                    from pg_catalog.pg_roles as role
                    where role.rolname = '{role}'
                        and role.rolconfig @> array['default_transaction_read_only=on', 'statement_timeout=2min']
                ) then
                    alter role {role} set default_transaction_read_only = on;
                    alter role {role} set statement_timeout = '2min';
                end if;
                """,
                cancellationToken);
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
