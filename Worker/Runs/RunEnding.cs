using Npgsql;
using NpgsqlTypes;

namespace Payments.Worker.Runs;

/// <summary>The ways in which an attempt's end is written down. Not cancellable: a worker that stops still says what became of its run.</summary>
internal static class RunEnding
{
    /// <summary>Ends the run well.</summary>
    public static Task SucceedAsync(this NpgsqlConnection connection, ClaimedRun run, string? result) =>
        connection.EndAsync("select pipeline.finish_run($1, $2, $3, null)", run, new NpgsqlParameter { Value = (object?)result ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb });

    /// <summary>Ends the run for good with its error.</summary>
    public static Task FailAsync(this NpgsqlConnection connection, ClaimedRun run, string error) =>
        connection.EndAsync("select pipeline.finish_run($1, $2, null, $3)", run, new NpgsqlParameter { Value = error });

    /// <summary>Queues the run again, to be tried after a pause; counted against it or not.</summary>
    public static Task RetryAsync(this NpgsqlConnection connection, ClaimedRun run, TimeSpan delay, string error, bool isCounted) => connection.EndAsync(
        "select pipeline.retry_run($1, $2, $3, $4, $5)",
        run,
        new NpgsqlParameter { Value = delay },
        new NpgsqlParameter { Value = error },
        new NpgsqlParameter { Value = isCounted });

    /// <summary>Queues the run again at once: this worker stops.</summary>
    public static Task HandBackAsync(this NpgsqlConnection connection, ClaimedRun run) =>
        connection.EndAsync("select pipeline.hand_back_run($1, $2)", run);

    /// <summary>Gives up the session's lock, whatever became of the run, and wakes the workers.</summary>
    public static async Task ReleaseAsync(this NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("select pipeline.release_run()", connection);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private static async Task EndAsync(this NpgsqlConnection connection, string sql, ClaimedRun run, params NpgsqlParameter[] more)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = run.Attempt });
        command.Parameters.AddRange(more);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
