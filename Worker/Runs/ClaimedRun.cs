using System.Diagnostics;
using Npgsql;

namespace Payments.Worker.Runs;

/// <summary>A run that this session has claimed and holds the advisory lock of.</summary>
/// <param name="RunId">Its id in <c>ops.runs</c>.</param>
/// <param name="Kind">One of <c>RunKind</c>.</param>
/// <param name="Attempt">The claim's number, its fencing token.</param>
/// <param name="FailedAttempts">Earlier attempts that met a transient fault, since the run last got on.</param>
/// <param name="LostAttempts">Earlier attempts that lost their worker, since the run last got on.</param>
/// <param name="Parameters">What the kind needs to know, JSON.</param>
/// <param name="RequestedBy">One of <c>RunRequester</c>.</param>
/// <param name="TraceParent">The W3C traceparent of the request.</param>
/// <param name="TakenOver">Whether another worker's session died with it.</param>
internal sealed record ClaimedRun(
    long RunId,
    string Kind,
    int Attempt,
    int FailedAttempts,
    int LostAttempts,
    string Parameters,
    string RequestedBy,
    string? TraceParent,
    bool TakenOver)
{
    /// <summary>Claims the next due run on this connection; null when nothing is due.</summary>
    public static async Task<ClaimedRun?> NextAsync(NpgsqlConnection connection, string worker, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select * from pipeline.claim_run($1)", connection);
        command.Parameters.Add(new() { Value = worker });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(
                reader.GetInt64(0),
                reader.GetString(1),
                reader.GetInt32(2),
                reader.GetInt32(3),
                reader.GetInt32(4),
                reader.GetString(5),
                reader.GetString(6),
                reader.IsDBNull(7) ? null : reader.GetString(7),
                reader.GetBoolean(8))
            : null;
    }

    /// <summary>The requester's span, so that the run continues its trace.</summary>
    public ActivityContext Parent => ActivityContext.TryParse(TraceParent, null, isRemote: true, out var parent) ? parent : default;
}
