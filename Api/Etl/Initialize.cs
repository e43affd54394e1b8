using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Docs;
using Payments.Api.Problems;
using Payments.Pipeline.Runs;

namespace Payments.Api.Etl;

/// <summary>What initialising did.</summary>
/// <param name="Status">success.</param>
/// <param name="Message">For people.</param>
internal sealed record InitializeResult(string Status, string Message) : IExample<InitializeResult>
{
    /// <inheritdoc/>
    public static InitializeResult Example { get; } = new("success", "Database initialized successfully");
}

/// <summary><c>POST /api/etl/initialize</c>.</summary>
internal static class Initialize
{
    private const string OwnerConnection = "payments-owner";

    /// <summary>Brings the database's schema up to date.</summary>
    /// <remarks>The worker runs the migrator, which changes nothing that is already right. It needs the owner's connection string, which it has in development only: elsewhere the answer is 200 when the schema is current, else 409 with the command to run.</remarks>
    public static async Task<Results<Ok<InitializeResult>, Accepted<RunAccepted>, ProblemHttpResult>> PostAsync(
        RunQueue queue, RunWait wait, CancellationToken cancellationToken)
    {
        var runId = await queue.RequestAsync(RunKind.Initialize, $"api:{Guid.NewGuid()}", RunRequester.Api, null, cancellationToken);
        return await wait.ForAsync(runId, cancellationToken) switch
        {
            { Succeeded: true } => TypedResults.Ok(InitializeResult.Example),
            // The worker's own words name the missing connection string and the command.
            { IsFinished: true, Error: { } error } when error.Contains(OwnerConnection, StringComparison.Ordinal) =>
                Problem.Of(StatusCodes.Status409Conflict, error, ("run_id", runId)),
            { IsFinished: true } => RunFailure.Of(runId),
            _ => RunAccepted.At(runId),
        };
    }
}
