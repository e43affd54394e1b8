using Npgsql;
using Payments.ServiceDefaults;

namespace Payments.Worker.Runs;

/// <summary>
/// Connections that live as long as a slot of the worker, outside the pool: closing one really ends its session, and with that its
/// advisory locks. Keepalive finds a peer that went away without a word.
/// </summary>
internal sealed class RunConnections(IConfiguration configuration) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = PaymentsDatabase.CreateDataSource(
        new NpgsqlConnectionStringBuilder(configuration.GetConnectionString(PaymentsDatabase.ConnectionName))
        {
            ApplicationName = "Payments.Worker run",
            Pooling = false,
            KeepAlive = 5,
        });

    /// <summary>A new session.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => _source.OpenConnectionAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
