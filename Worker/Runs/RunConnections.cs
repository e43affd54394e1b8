using Npgsql;
using Payments.ServiceDefaults;

namespace Payments.Worker.Runs;

/// <summary>
/// Connections that live as long as a slot of the worker, outside the pool: closing one really ends its session, and with that its
/// advisory locks. Keepalive finds a peer that went away without a word.
/// </summary>
internal sealed class RunConnections : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    /// <summary>From the worker's connection string, with what every data source has.</summary>
    public RunConnections(IConfiguration configuration, Action<NpgsqlDataSourceBuilder> configure)
    {
        var source = new NpgsqlDataSourceBuilder(configuration.GetConnectionString(PaymentsDatabase.ConnectionName));
        source.ConnectionStringBuilder.ApplicationName = "Payments.Worker run";
        source.ConnectionStringBuilder.Pooling = false;
        source.ConnectionStringBuilder.KeepAlive = 5;
        configure(source);
        _source = source.Build();
    }

    /// <summary>A new session.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => _source.OpenConnectionAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
