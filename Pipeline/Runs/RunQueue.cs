using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Payments.Pipeline.Runs;

/// <summary>Asks for runs and follows them; the worker does them.</summary>
/// <param name="dataSource">Connections of the asking service.</param>
/// <param name="clock">The source of time.</param>
public sealed class RunQueue(NpgsqlDataSource dataSource, TimeProvider clock)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(15);

    private readonly RunEndings _endings = new(dataSource);

    /// <summary>Asks for a run and wakes a worker. The same request key is the same run for ever; of every kind but import one is active at a time, and a request joins it.</summary>
    /// <param name="kind">One of <see cref="RunKind"/>.</param>
    /// <param name="requestKey">What asks, unique over all time, at most 200 characters.</param>
    /// <param name="requestedBy">One of <see cref="RunRequester"/>.</param>
    /// <param name="parameters">What the kind needs to know; written as snake_case JSON.</param>
    /// <param name="cancellationToken">Gives up asking.</param>
    /// <returns>The id of the new run, or of the one that this request joins.</returns>
    public async Task<long> RequestAsync(
        string kind, string requestKey, string requestedBy, object? parameters = null, CancellationToken cancellationToken = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await RequestAsync(connection, kind, requestKey, requestedBy, parameters, cancellationToken);
    }

    /// <summary>The same inside the caller's transaction: the run exists, and a worker wakes, when that commits.</summary>
    public static async Task<long> RequestAsync(
        NpgsqlConnection connection, string kind, string requestKey, string requestedBy, object? parameters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pipeline.request_run($1, $2, $3, $4, $5)", connection);
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = requestKey });
        command.Parameters.Add(new() { Value = requestedBy });
        command.Parameters.Add(new() { Value = RunJson.Write(parameters ?? new()), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = (object?)TraceParent() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The run as it is now; null when there is none of this id.</summary>
    public async Task<RequestedRun?> FindAsync(long runId, CancellationToken cancellationToken = default)
    {
        await using var command = dataSource.CreateCommand("select * from pipeline.find_run($1)");
        command.Parameters.Add(new() { Value = runId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(
                reader.GetInt64(0),
                reader.GetString(1),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetInt32(4),
                reader.GetDateTime(5),
                reader.IsDBNull(6) ? null : reader.GetDateTime(6),
                reader.IsDBNull(7) ? null : reader.GetDateTime(7),
                reader.IsDBNull(8) ? null : JsonElement.Parse(reader.GetString(8)),
                reader.IsDBNull(9) ? null : reader.GetString(9))
            : null;
    }

    /// <summary>Waits until the run has finished or the time is up. A notification tells the end; now and then the run is looked at all the same, should one be lost. One connection serves all who wait.</summary>
    /// <returns>The run as it was last seen; <see cref="RequestedRun.IsFinished"/> tells which of the two happened.</returns>
    /// <exception cref="ArgumentException">There is no such run.</exception>
    public async Task<RequestedRun> WaitAsync(long runId, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var from = clock.GetTimestamp();
        using var follower = _endings.Follow(runId);
        await follower.IsListening.WaitAsync(cancellationToken);
        for (var pause = FirstLook; ; pause = pause * 2 < LongestLook ? pause * 2 : LongestLook)
        {
            // Taken before the look: an end between the two is not missed.
            var ended = follower.NextEnd;
            var run = await FindAsync(runId, cancellationToken) ?? throw new ArgumentException($"There is no run {runId}.", nameof(runId));
            var left = timeout - clock.GetElapsedTime(from);
            if (run.IsFinished || left <= TimeSpan.Zero) return run;
            try
            {
                await ended.WaitAsync(left < pause ? left : pause, clock, cancellationToken);
            }
            catch (TimeoutException)
            {
                // Looked at all the same.
            }
        }
    }

    // So that one trace leads from the request through the queue to the worker's stages and SQL.
    private static string? TraceParent() =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null;
}
