using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Docs;
using Payments.Pipeline.Runs;

namespace Payments.Api.Etl;

/// <summary>What an ETL run did.</summary>
/// <param name="Status">success.</param>
/// <param name="Message">For people.</param>
/// <param name="RecordsLoaded">The run's records that are now in the store.</param>
/// <param name="RecordsAdded">Those of them that were new.</param>
/// <param name="RunId">The run.</param>
internal sealed record EtlResult(
    string Status,
    string Message,
    RecordCounts RecordsLoaded,
    RecordCounts RecordsAdded,
    long RunId) : IExample<EtlResult>
{
    /// <inheritdoc/>
    public static EtlResult Example { get; } = Of(1, new(new(500, 50, 5000, 2711), new(500, 50, 5000, 2711)));

    /// <summary>The answer for a run that has succeeded.</summary>
    public static EtlResult Of(long runId, EtlCounts counts) =>
        new("success", "ETL pipeline completed successfully", counts.RecordsLoaded, counts.RecordsAdded, runId);
}

/// <summary>Records by table.</summary>
internal sealed record RecordCounts(long Customers, long Merchants, long Payments, long Settlements);

/// <summary>The result that the worker records for a run of the kind etl.</summary>
internal sealed record EtlCounts(RecordCounts RecordsLoaded, RecordCounts RecordsAdded);

/// <summary><c>POST /api/etl/run</c>.</summary>
internal static class RunEtl
{
    /// <summary>Runs the ETL pipeline.</summary>
    /// <remarks>Joins the run that is queued or running. Waits at most 120 s, then answers 202 with the run's Location; the run goes on, whoever waits for it.</remarks>
    public static async Task<Results<Ok<EtlResult>, Accepted<RunAccepted>, ProblemHttpResult>> PostAsync(
        RunQueue queue, RunWait wait, CancellationToken cancellationToken)
    {
        var runId = await queue.RequestAsync(RunKind.Etl, $"api:{Guid.NewGuid()}", RunRequester.Api, null, cancellationToken);
        return await wait.ForAsync(runId, cancellationToken) switch
        {
            { Succeeded: true } run => TypedResults.Ok(EtlResult.Of(runId, RunJson.Read<EtlCounts>(run.Result!.Value.GetRawText()))),
            { IsFinished: true } => RunFailure.Of(runId),
            _ => RunAccepted.At(runId),
        };
    }
}
