using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Etl;
using Payments.Pipeline.Runs;

namespace Payments.Api.Assertions;

/// <summary><c>POST /api/assertions/run</c>.</summary>
internal static class RunAssertions
{
    /// <summary>Evaluates every assertion.</summary>
    /// <remarks>Over the whole store, which takes minutes where it is large: the answer is the run's Location, which shows the results when it has ended. Joins the run that is queued or running.</remarks>
    public static async Task<Accepted<RunAccepted>> PostAsync(RunQueue queue, CancellationToken cancellationToken) =>
        RunAccepted.At(await queue.RequestAsync(RunKind.Assertions, $"api:{Guid.NewGuid()}", RunRequester.Api, null, cancellationToken));
}
