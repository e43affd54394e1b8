using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Payments.Pipeline.Accept;

/// <summary>
/// Connections for transactions of a few payments, in which planning a statement would take longer than running it: statements are prepared and their plans
/// kept. A kept plan does not know how many rows it will meet, so it looks everything up by index, and sets up nothing that pays for many rows only: memory for
/// the answers of a whole lane of a file took longer than a few look-ups.
/// </summary>
internal sealed class AcceptConnections : IAsyncDisposable
{
    private const string ConnectionName = "payments";
    private const string Settings = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_memoize=off -c enable_bitmapscan=off -c max_parallel_workers_per_gather=0 -c jit=off";

    /// <summary>From the host's own connection string, with what every data source of it has.</summary>
    public AcceptConnections(IConfiguration configuration, Action<NpgsqlDataSourceBuilder> configure)
    {
        var settings = new NpgsqlConnectionStringBuilder(configuration.GetConnectionString(ConnectionName))
        {
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
        };
        settings.ApplicationName ??= "Payments.Api";
        settings.Options = string.Join(' ', new[] { settings.Options, Settings }.OfType<string>());
        var source = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        configure(source);
        Source = source.Build();
    }

    /// <summary>The connections.</summary>
    public NpgsqlDataSource Source { get; }

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
