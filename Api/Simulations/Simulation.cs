using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Docs;
using Payments.Api.Etl;
using Payments.Api.Problems;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Simulations;

namespace Payments.Api.Simulations;

/// <summary>An issue that has been simulated.</summary>
/// <param name="Issue">Its name.</param>
/// <param name="RunId">The run of the kind simulation that did it.</param>
/// <param name="Status">What became of that run; a failed job has failed, a slow query is still running.</param>
/// <param name="Harmed">What was harmed; null where the run has not ended, or has failed.</param>
/// <param name="Error">The failed job's error.</param>
/// <param name="Seen">Calls that show it.</param>
/// <param name="Recovery">Calls that mend it.</param>
internal sealed record Simulation(
    string Issue,
    long RunId,
    string Status,
    JsonElement? Harmed,
    string? Error,
    IReadOnlyList<string> Seen,
    IReadOnlyList<string> Recovery) : IExample<Simulation>
{
    /// <inheritdoc/>
    public static Simulation Example { get; } = new(
        SimulatedIssue.IncorrectSettlements, 17, "succeeded",
        JsonElement.Parse("""{"settlements":[{"settlement_id":"STL-20260130-USD-MERCH-001","former_net_amount":975.00,"net_amount":1068.00}]}"""),
        null,
        SimulatedIssue.Find(SimulatedIssue.IncorrectSettlements)!.Of(17).Seen,
        SimulatedIssue.Find(SimulatedIssue.IncorrectSettlements)!.Of(17).Recovery);

    /// <summary>Issues that can be simulated.</summary>
    /// <remarks>What each does, which calls show it and which mend it. Only in development, where <c>Simulations:Enabled</c> is true; elsewhere there is no such endpoint.</remarks>
    public static Ok<IEnumerable<Issue>> List() => TypedResults.Ok<IEnumerable<Issue>>(Simulations.Issue.All);

    /// <summary>Simulates a production issue.</summary>
    /// <remarks>missing-data, incorrect-settlements, failed-job or slow-query, as a run of its own. The answer tells what was harmed, which calls show it and which mend it. A slow query is answered while it runs. Only in development.</remarks>
    public static async Task<Results<Ok<Simulation>, Accepted<Simulation>, ProblemHttpResult>> PostAsync(
        [Description("missing-data, incorrect-settlements, failed-job or slow-query.")] string issue,
        RunQueue queue,
        RunWait wait,
        CancellationToken cancellationToken)
    {
        if (SimulatedIssue.Find(issue) is not { } known)
        {
            return Problem.Of(StatusCodes.Status404NotFound, $"There is no such issue; the issues are {string.Join(", ", SimulatedIssue.All.Select(one => one.Name))}.");
        }

        var runId = await queue.RequestAsync(RunKind.Simulation, $"api:{Guid.NewGuid()}", RunRequester.Api, new { Issue = known.Name }, cancellationToken);
        var isAwaited = known.Name != SimulatedIssue.SlowQuery;
        return (isAwaited ? await wait.ForAsync(runId, cancellationToken) : await queue.FindAsync(runId, cancellationToken)) switch
        {
            { IsFinished: true, Succeeded: false } when known.Name != SimulatedIssue.FailedJob => RunFailure.Of(runId),
            { IsFinished: true } run => TypedResults.Ok(Of(known, runId, run)),
            var run => TypedResults.Accepted(string.Create(CultureInfo.InvariantCulture, $"/api/etl/runs/{runId}"), Of(known, runId, run)),
        };
    }

    private static Simulation Of(SimulatedIssue issue, long runId, RequestedRun? run)
    {
        var calls = issue.Of(runId);
        var harmed = run?.Result?.TryGetProperty("harmed", out var found) == true ? found : (JsonElement?)null;
        return new(issue.Name, runId, run?.Status ?? "queued", harmed, run?.Error, calls.Seen, calls.Recovery);
    }
}
