using Microsoft.Extensions.Options;
using Npgsql;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Simulations;
using Payments.ServiceDefaults;

namespace Payments.Worker.Simulations;

/// <summary>A report's query that takes far too long, in a session that is not a run's: nobody expects it to.</summary>
internal sealed class SlowQuery(IConfiguration configuration, Action<NpgsqlDataSourceBuilder> configure, IOptions<SimulationOptions> options) : ISimulation
{
    /// <inheritdoc/>
    public async Task<object> HarmAsync(RunContext run, CancellationToken cancellationToken) =>
        await run.StepAsync("simulate", async _ => new { Cancelled = await IsCancelledAsync(cancellationToken) }, cancellationToken);

    private async Task<bool> IsCancelledAsync(CancellationToken cancellationToken)
    {
        var source = new NpgsqlDataSourceBuilder(configuration.GetConnectionString(PaymentsDatabase.ConnectionName));
        source.ConnectionStringBuilder.ApplicationName = "Payments.Simulation";
        source.ConnectionStringBuilder.Pooling = false;
        source.ConnectionStringBuilder.CommandTimeout = 0;
        configure(source);
        await using var session = source.Build();
        await using var report = session.CreateCommand("select merchants from pipeline.simulate_slow_report($1)");
        report.Parameters.Add(new() { Value = options.Value.SlowQueryFor });
        try
        {
            await report.ExecuteScalarAsync(cancellationToken);
            return false;
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.QueryCanceled && !cancellationToken.IsCancellationRequested)
        {
            return true;
        }
    }
}
