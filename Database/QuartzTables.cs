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
        // Only built, never started: a started scheduler would take over, and recover, the jobs of others.
        await using var factory = QuartzSchedulerBuilder
            .Create(quartz => quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(NpgsqlFactory.Instance, connectionString);
                store.ConfigureStore(options => options.TablePrefix = Prefix);
                store.ProvisionSchema();
            }))
            .Build();
        await factory.GetScheduler(cancellationToken);
    }
}
