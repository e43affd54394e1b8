using System.Diagnostics;
using Microsoft.Extensions.Options;
using Npgsql;
using Payments.Pipeline;
using Payments.Pipeline.Runs;
using Payments.Worker.Kinds;

namespace Payments.Worker.Runs;

/// <summary>
/// Does one run at a time: waits for a notification or its own clock, claims, does, and writes down what became of it. All of that is on
/// one connection of its own, whose session holds the run's advisory lock: if it dies, so does the claim.
/// </summary>
internal sealed class RunSlot(
    RunConnections connections,
    NpgsqlDataSource dataSource,
    IServiceScopeFactory scopes,
    DatabaseWatch database,
    IOptions<EtlOptions> options,
    TimeProvider clock,
    ILogger<RunSlot> logger)
{
    private const int LongestError = 2000;

    private ClaimedRun? _unended;

    private static readonly string Worker = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>Works until the worker stops; a database that is away is waited for.</summary>
    public Task WorkAsync(CancellationToken stopping) => database.KeepTryingAsync(
        async () =>
        {
            await using var connection = await connections.OpenAsync(stopping);
            await ListenAsync(connection, stopping);
            await ForgiveAsync(connection, stopping);
            database.IsBack();
            while (!stopping.IsCancellationRequested)
            {
                if (await ClaimedRun.NextAsync(connection, Worker, stopping) is { } run)
                {
                    _unended = run;
                    await DoAsync(connection, run, stopping);
                    _unended = null;
                    await connection.ReleaseAsync();
                }
                else
                {
                    await connection.WaitAsync(options.Value.PollInterval, stopping);
                }
            }
        },
        stopping);

    /// <summary>The database went away in the middle of a run, and this worker is still there: that is not counted as an attempt that lost its worker.</summary>
    private async Task ForgiveAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        if (_unended is not { } run) return;
        await using var forgive = new NpgsqlCommand("select pipeline.forgive_lost_run($1, $2)", connection);
        forgive.Parameters.Add(new() { Value = run.RunId });
        forgive.Parameters.Add(new() { Value = run.Attempt });
        await forgive.ExecuteNonQueryAsync(stopping);
        _unended = null;
    }

    private static async Task ListenAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        await using var listen = new NpgsqlCommand("listen payments_runs", connection);
        await listen.ExecuteNonQueryAsync(stopping);
    }

    private async Task DoAsync(NpgsqlConnection connection, ClaimedRun run, CancellationToken stopping)
    {
        using var activity = PipelineTelemetry.Source.StartActivity($"run {run.Kind}", ActivityKind.Consumer, run.Parent);
        activity?.SetTag("payments.run_id", run.RunId).SetTag("payments.attempt", run.Attempt).SetTag("payments.requested_by", run.RequestedBy);
        using var scope = logger.BeginScope("Run {RunId} {Kind}", run.RunId, run.Kind);
        logger.LogInformation(
            "Run {RunId} ({Kind}, asked for by {RequestedBy}) begins, attempt {Attempt}{TakenOver}",
            run.RunId, run.Kind, run.RequestedBy, run.Attempt, run.TakenOver ? ", taken over from a lost worker" : "");

        var from = clock.GetTimestamp();
        var outcome = await EndAsync(connection, run, await AttemptAsync(connection, run, stopping), stopping);
        var duration = clock.GetElapsedTime(from);

        RunMeters.Ended(run.Kind, outcome, duration);
        activity?.SetTag("payments.outcome", outcome);
        if (outcome is not ("succeeded" or "handed_back")) activity?.SetStatus(ActivityStatusCode.Error, outcome);
        logger.LogInformation("Run {RunId} ({Kind}): {Outcome} after {Duration:F3} s", run.RunId, run.Kind, outcome, duration.TotalSeconds);
    }

    /// <summary>Does the work while watching that the session, and with it the claim, is alive.</summary>
    private async Task<Attempt> AttemptAsync(NpgsqlConnection connection, ClaimedRun run, CancellationToken stopping)
    {
        if (run.LostAttempts >= options.Value.MaxLostWorkers)
        {
            return new(null, new RunGivenUpException($"Given up: the worker was lost in {run.LostAttempts} attempts."), false);
        }

        using var working = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var watching = new CancellationTokenSource();
        var watch = IsLostAsync(connection, working, watching.Token);
        string? result = null;
        Exception? error = null;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var work = scope.ServiceProvider.GetRequiredKeyedService<IRunWork>(run.Kind);
            var context = new RunContext(run.RunId, run.Attempt, dataSource, clock);
            result = await work.DoAsync(context, run.Parameters, working.Token) is { } counts ? RunJson.Write(counts) : null;
        }
        catch (Exception caught)
        {
            // Not swallowed: EndAsync writes it down, logs it, and decides what follows.
            error = caught;
        }

        await watching.CancelAsync();
        return new(result, error, await watch);
    }

    /// <summary>Waits until the watch is called off (false) or the session has died (true: the work is cancelled, the run is anybody's).</summary>
    private static async Task<bool> IsLostAsync(NpgsqlConnection connection, CancellationTokenSource working, CancellationToken watching)
    {
        try
        {
            // Notifications end the wait too; the slot is busy and looks at the queue afterwards anyway.
            while (true) await connection.WaitAsync(watching);
        }
        catch (OperationCanceledException) when (watching.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception error) when (error is NpgsqlException or IOException)
        {
            await working.CancelAsync();
            return true;
        }
    }

    /// <summary>Writes down what became of the attempt.</summary>
    private async Task<string> EndAsync(NpgsqlConnection connection, ClaimedRun run, Attempt attempt, CancellationToken stopping)
    {
        try
        {
            return attempt switch
            {
                { IsLost: true } => throw new NpgsqlException(
                    $"The session of run {run.RunId} is gone; the next worker goes on with it.", new IOException("The session is gone.", attempt.Error)),
                { Error: null } => await SucceedAsync(connection, run, attempt.Result),
                { Error: { } error } when RunFaults.IsTakenOver(error) => TakenOver(run),
                { Error: { } error } when stopping.IsCancellationRequested => await HandBackAsync(connection, run, error),
                { Error: { } error } => RunFaults.Of(error) switch
                {
                    RunFault.Outage => await WaitAsync(connection, run, error),
                    RunFault.Transient when run.FailedAttempts + 1 < options.Value.MaxAttempts => await RetryAsync(connection, run, error),
                    _ => await FailAsync(connection, run, error),
                },
            };
        }
        catch (PostgresException error) when (RunFaults.IsTakenOver(error))
        {
            return TakenOver(run);
        }
    }

    private static async Task<string> SucceedAsync(NpgsqlConnection connection, ClaimedRun run, string? result)
    {
        await connection.SucceedAsync(run, result);
        return "succeeded";
    }

    private string TakenOver(ClaimedRun run)
    {
        logger.LogWarning("Run {RunId}: another worker has taken it over; attempt {Attempt} has stopped", run.RunId, run.Attempt);
        return "taken_over";
    }

    private async Task<string> HandBackAsync(NpgsqlConnection connection, ClaimedRun run, Exception error)
    {
        logger.LogInformation("Run {RunId}: handed back, the worker stops ({Reason})", run.RunId, error.Message);
        await connection.HandBackAsync(run);
        return "handed_back";
    }

    /// <summary>Whatever is away, the run waits for it: pauses grow with its attempts, and none of them is counted against it.</summary>
    private async Task<string> WaitAsync(NpgsqlConnection connection, ClaimedRun run, Exception error)
    {
        var delay = options.Value.DelayAfter(run.Attempt);
        logger.LogWarning("Run {RunId}: something that it needs is away ({Reason}); again in {Delay}", run.RunId, error.Message, delay);
        await connection.RetryAsync(run, delay, Describe(error), isCounted: false);
        return "waits";
    }

    private async Task<string> RetryAsync(NpgsqlConnection connection, ClaimedRun run, Exception error)
    {
        var delay = options.Value.DelayAfter(run.FailedAttempts + 1);
        logger.LogWarning(error, "Run {RunId}: a transient fault in attempt {Attempt}; again in {Delay}", run.RunId, run.Attempt, delay);
        await connection.RetryAsync(run, delay, Describe(error), isCounted: true);
        return "retried";
    }

    private async Task<string> FailAsync(NpgsqlConnection connection, ClaimedRun run, Exception error)
    {
        logger.LogError(error, "Run {RunId} ({Kind}) failed in attempt {Attempt}", run.RunId, run.Kind, run.Attempt);
        await connection.FailAsync(run, Describe(error));
        return "failed";
    }

    private static string Describe(Exception error)
    {
        // PostgreSQL keeps no U+0000.
        var message = error.Message.Replace('\0', '\uFFFD');
        return message.Length <= LongestError ? message : message[..LongestError];
    }

    private sealed record Attempt(string? Result, Exception? Error, bool IsLost);
}
