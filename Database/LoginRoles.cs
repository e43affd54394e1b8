using Npgsql;

namespace Payments.Database;

/// <summary>
/// The logins of services and BI tools. Roles belong to the server while databases come in parallel: one that exists is taken as it
/// is, and a change that another session makes at the same instant is tried again.
/// </summary>
internal static class LoginRoles
{
    private const int Attempts = 20;

    public static IReadOnlyList<string> Names { get; } = ["payments_api", "payments_worker", "bi_reader", "bi_reader_pii"];

    public static async Task EnsureAsync(NpgsqlConnection connection, MigratorOptions options, CancellationToken cancellationToken)
    {
        string?[] passwords = [options.ApiPassword, options.WorkerPassword, options.BiPassword, options.BiPassword];
        foreach (var (role, password) in Names.Zip(passwords))
        {
            await ExecuteAsync(
                connection,
                $"""
                do $$
                begin
                    if not exists (select from pg_catalog.pg_roles as role where role.rolname = '{role}') then
                        create role {role};
                    end if;
                exception
                    when duplicate_object or unique_violation then
                        null;
                end;
                $$
                """,
                cancellationToken);
            if (password is not null)
            {
                await ExecuteAsync(connection, $"alter role {role} login password '{ScramVerifier.Of(password)}'", cancellationToken);
            }
        }

        // Guard rails that a BI session could lift; the wall is what it is not granted.
        foreach (var role in Names.Where(name => name.StartsWith("bi_", StringComparison.Ordinal)))
        {
            await ExecuteAsync(
                connection,
                $"""
                do $$
                begin
                    if not exists (
                        select
                        from pg_catalog.pg_roles as role
                        where role.rolname = '{role}'
                            and role.rolconfig @> array['default_transaction_read_only=on', 'statement_timeout=2min']
                    ) then
                        alter role {role} set default_transaction_read_only = on;
                        alter role {role} set statement_timeout = '2min';
                    end if;
                end;
                $$
                """,
                cancellationToken);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var command = new NpgsqlCommand(statement, connection);
                await command.ExecuteNonQueryAsync(cancellationToken);
                return;
            }
            catch (PostgresException error) when (IsConcurrentChange(error) && attempt < Attempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10 * attempt), TimeProvider.System, cancellationToken);
            }
        }
    }

    // Concurrent changes of one role end in "tuple concurrently updated", for which there is no SQLSTATE of its own.
    private static bool IsConcurrentChange(PostgresException error) =>
        error.SqlState is PostgresErrorCodes.InternalError or PostgresErrorCodes.UniqueViolation;
}
