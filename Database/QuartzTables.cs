using Npgsql;
using Quartz;

namespace Payments.Database;

/// <summary>The job store's tables, made by Quartz itself, so that they always fit the version that we use.</summary>
public static class QuartzTables
{
    /// <summary>Schema and prefix of the tables: the worker's job store must name the same.</summary>
    public const string Prefix = "quartz.qrtz_";

    internal static async Task CreateAsync(string connectionString, CancellationToken cancellationToken)
    {
        var quiet = await QuietAsync(connectionString, cancellationToken);

        // Only built, never started: a started scheduler would take over, and recover, the jobs of others.
        await using var factory = QuartzSchedulerBuilder
            .Create(quartz => quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(NpgsqlFactory.Instance, quiet);
                store.ConfigureStore(options => options.TablePrefix = Prefix);
                store.ProvisionSchema();
            }))
            .Build();
        await factory.GetScheduler(cancellationToken);
    }

    // Quartz asks for its tables by reading them, a dozen errors in the server's log that alarm for nothing. Only a superuser may hush it.
    private static async Task<string> QuietAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var ask = new NpgsqlCommand("select usesuper from pg_user where usename = current_user", connection);
        return await ask.ExecuteScalarAsync(cancellationToken) is true
            ? new NpgsqlConnectionStringBuilder(connectionString) { Options = "-c log_min_messages=fatal" }.ConnectionString
            : connectionString;
    }
}
