using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Etl;

/// <summary><c>POST /api/etl/runs/{id}/retry</c>.</summary>
internal static class RetryRun
{
    /// <summary>Runs a failed run again.</summary>
    /// <remarks>From its last good step: an import goes on behind its last whole batch, and nothing is loaded twice. Only a run that has failed; what waits for a database or a disk goes on by itself. With <c>wait=true</c> the answer is the run, after at most 120 s.</remarks>
    public static async Task<Results<Ok<RunAccount>, Accepted<RunAccepted>, ProblemHttpResult>> PostAsync(
        [Description("The run.")] long id,
        Reader reader,
        RunWait wait,
        TimeProvider clock,
        CancellationToken cancellationToken,
        [FromQuery(Name = "wait"), Description("true: answer when the run is done.")] bool isWaitedFor = false)
    {
        var requeued = (await reader.FindAsync(new RowQuery<Requeued>("pipeline.requeue_run(@id)").With("id", id), cancellationToken))!;
        if (!requeued.IsQueued)
        {
            return requeued.Status is null ? Run.NotFound(id) : Problem.Of(StatusCodes.Status409Conflict, Obstacle(id, requeued));
        }

        if (!isWaitedFor) return RunAccepted.At(id);
        return await wait.ForAsync(id, cancellationToken) switch
        {
            { Succeeded: true } => TypedResults.Ok((await Run.FindAsync(id, reader, clock, cancellationToken))!),
            { IsFinished: true } => RunFailure.Of(id),
            _ => RunAccepted.At(id),
        };
    }

    private static string Obstacle(long id, Requeued found) => found.ActiveRunId is { } active
        ? string.Create(CultureInfo.InvariantCulture, $"Run {active} of the same kind is active; run {id} can be retried when it has ended.")
        : string.Create(CultureInfo.InvariantCulture, $"Run {id} is {found.Status}; only a failed run can be retried.");

    private sealed record Requeued(bool IsQueued, string? Status, long? ActiveRunId);
}
