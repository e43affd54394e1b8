using Npgsql;
using Payments.Pipeline.Quality;

namespace Payments.Worker;

/// <summary>Tells gauges that the store has figures for, once the database answers.</summary>
internal sealed class GaugesAtStart(NpgsqlDataSource dataSource, DatabaseWatch database) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        database.KeepTryingAsync(() => StoredGauges.TellAsync(dataSource, stoppingToken), stoppingToken);
}
