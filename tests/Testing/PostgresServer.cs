using Npgsql;
using Payments.LocalPostgres;

namespace Payments.Testing;

/// <summary>
/// The PostgreSQL server of this test process: a private, ephemeral one, started when a test first asks and gone when the process
/// ends. The environment variable <c>PAYMENTS_TEST_POSTGRES</c> (a superuser's connection string) names another one to use instead.
/// </summary>
public static class PostgresServer
{
    private static readonly Lazy<Task<Func<string, string>>> Server = new(StartAsync);

    /// <summary>The superuser's connection string for a database, which need not exist yet.</summary>
    public static async Task<string> ConnectionStringAsync(string database = "postgres") => (await Server.Value)(database);

    private static async Task<Func<string, string>> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("PAYMENTS_TEST_POSTGRES") is { Length: > 0 } given)
        {
            return database => WithDetails(given, database);
        }

        await LocalPostgresServer.RemoveAbandonedAsync();
        var server = await LocalPostgresServer.PrepareAsync(new LocalPostgresOptions
        {
            DataFolder = LocalPostgresFolders.NewEphemeral(),
            PreferredPort = 0,
            Password = "payments-tests",
            Ephemeral = true,
            Settings = new Dictionary<string, string>
            {
                ["max_connections"] = "200",
                ["shared_buffers"] = "256MB",
            },
        });
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        await server.StartAsync();
        return database => WithDetails(server.ConnectionString(database), database);
    }

    private static string WithDetails(string connectionString, string database) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Database = database, IncludeErrorDetail = true }.ConnectionString;
}
