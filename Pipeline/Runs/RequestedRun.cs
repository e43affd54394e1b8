using System.Text.Json;

namespace Payments.Pipeline.Runs;

/// <summary>A run as its requester sees it.</summary>
/// <param name="RunId">Its id in <c>ops.runs</c>.</param>
/// <param name="Kind">One of <see cref="RunKind"/>.</param>
/// <param name="RequestedBy">One of <see cref="RunRequester"/>; of the request that made it, not of those that joined.</param>
/// <param name="Status">queued, running, succeeded or failed.</param>
/// <param name="Attempt">How often a worker has claimed it.</param>
/// <param name="RequestedAt">UTC.</param>
/// <param name="StartedAt">UTC, of the first attempt; null while it is queued for the first time.</param>
/// <param name="FinishedAt">UTC; null until it has succeeded or failed.</param>
/// <param name="Result">What a successful run counted, as its kind defines it.</param>
/// <param name="Error">Why it failed, or the fault that the next attempt follows.</param>
public sealed record RequestedRun(
    long RunId,
    string Kind,
    string RequestedBy,
    string Status,
    int Attempt,
    DateTime RequestedAt,
    DateTime? StartedAt,
    DateTime? FinishedAt,
    JsonElement? Result,
    string? Error)
{
    /// <summary>Whether nothing more will happen to it.</summary>
    public bool IsFinished => Status is "succeeded" or "failed";

    /// <summary>Whether it ended well.</summary>
    public bool Succeeded => Status is "succeeded";
}
