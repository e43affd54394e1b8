using Payments.Pipeline.Backtest;
using Payments.Pipeline.Runs;

namespace Payments.Worker.Kinds;

/// <summary>Tries a rule on stored payments; <c>risk.backtests</c> keeps what it found.</summary>
internal sealed class BacktestRun : IRunWork
{
    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken)
    {
        var backtestId = RunJson.Read<Parameters>(parameters).BacktestId;
        var result = await BacktestStage.RunAsync(run, backtestId, cancellationToken);
        return new Result(backtestId, result.Payments, result.Hits);
    }

    private sealed record Parameters(long BacktestId);

    private sealed record Result(long BacktestId, long Payments, long Hits);
}
