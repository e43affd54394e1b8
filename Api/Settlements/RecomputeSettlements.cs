using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Docs;
using Payments.Api.Etl;
using Payments.Pipeline.Runs;

namespace Payments.Api.Settlements;

/// <summary>What a recomputation did.</summary>
/// <param name="Status">success.</param>
/// <param name="Recomputed">PENDING settlements that were not the sums of their payments, and are now.</param>
/// <param name="RunId">The run; it shows what each of them was before.</param>
internal sealed record RecomputeResult(string Status, long Recomputed, long RunId) : IExample<RecomputeResult>
{
    /// <inheritdoc/>
    public static RecomputeResult Example { get; } = new("success", 3, 21);
}

/// <summary><c>POST /api/settlements/recompute</c>.</summary>
internal static class RecomputeSettlements
{
    /// <summary>Mends open settlements.</summary>
    /// <remarks>PENDING settlements that are not the sums of their payments are computed anew; the others are not touched, and what is COMPLETED or FAILED never changes. Reads every open settlement's payments. Waits at most 120 s, then answers 202 with the run's Location.</remarks>
    public static async Task<Results<Ok<RecomputeResult>, Accepted<RunAccepted>, ProblemHttpResult>> PostAsync(
        RunQueue queue, RunWait wait, CancellationToken cancellationToken)
    {
        var runId = await queue.RequestAsync(RunKind.RecomputeSettlements, $"api:{Guid.NewGuid()}", RunRequester.Api, null, cancellationToken);
        return await wait.ForAsync(runId, cancellationToken) switch
        {
            { Succeeded: true } run => TypedResults.Ok(new RecomputeResult("success", run.Result!.Value.GetProperty("recomputed").GetInt64(), runId)),
            { IsFinished: true } => RunFailure.Of(runId),
            _ => RunAccepted.At(runId),
        };
    }
}
