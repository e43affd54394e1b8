using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Docs;
using Payments.Api.Problems;

namespace Payments.Api.Etl;

/// <summary>A run that goes on.</summary>
/// <param name="Status">accepted.</param>
/// <param name="RunId">The run; its Location tells how it goes.</param>
internal sealed record RunAccepted(string Status, long RunId) : IExample<RunAccepted>
{
    /// <inheritdoc/>
    public static RunAccepted Example { get; } = new("accepted", 17);

    /// <summary>202 with the place where the run can be followed.</summary>
    public static Accepted<RunAccepted> At(long runId) =>
        TypedResults.Accepted(string.Create(CultureInfo.InvariantCulture, $"/api/etl/runs/{runId}"), new RunAccepted("accepted", runId));
}

/// <summary>The answer for a run that has failed.</summary>
internal static class RunFailure
{
    /// <summary>500 that says where to look.</summary>
    public static ProblemHttpResult Of(long runId) => Problem.Of(
        StatusCodes.Status500InternalServerError,
        string.Create(CultureInfo.InvariantCulture, $"Run {runId} failed; GET /api/etl/runs/{runId} shows its steps and the error."),
        ("run_id", runId));
}
