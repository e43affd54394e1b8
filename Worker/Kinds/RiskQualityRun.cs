using Payments.Pipeline.Quality;
using Payments.Pipeline.Runs;

namespace Payments.Worker.Kinds;

/// <summary>Measures drift of features and scores, and the quality of decisions week by week.</summary>
internal sealed class RiskQualityRun(DriftStage drift, QualityStage quality) : IRunWork
{
    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken) =>
        new Result(await drift.RunAsync(run, cancellationToken), await quality.RunAsync(run, cancellationToken));

    private sealed record Result(DriftResult Drift, QualityResult Quality);
}
