using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;
using Payments.Pipeline;
using Payments.Pipeline.Runs;
using Payments.Testing;

namespace Payments.Worker.Tests;

/// <summary>A worker that picks runs up: what becomes of them when all goes well, and when not.</summary>
public sealed class RunPickUpTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly RunQueue _queue = new(database.DataSource, TimeProvider.System);

    public async Task InitializeAsync()
    {
        await using var command = database.DataSource.CreateCommand("truncate ops.runs cascade");
        await command.ExecuteNonQueryAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_requested_run_begins_within_a_fraction_of_the_poll_interval_and_its_result_is_kept()
    {
        await using var worker = await WorkerHost.StartAsync(
            database, WorkerHost.PickingUp((_, _) => Task.FromResult<object?>(new { RecordsLoaded = 3 })), new() { ["Etl:PollInterval"] = "00:01:00" });
        await Task.Delay(500);
        var runId = await _queue.RequestAsync(RunKind.Etl, "a", RunRequester.Api);

        var run = await _queue.WaitAsync(runId, TimeSpan.FromSeconds(5));
        Assert.True(run.Succeeded);
        Assert.Equal(3, run.Result!.Value.GetProperty("records_loaded").GetInt32());
        Assert.True(run.StartedAt - run.RequestedAt < TimeSpan.FromSeconds(1), $"{run.StartedAt - run.RequestedAt}");
    }

    [Fact]
    public async Task No_more_runs_than_ParallelRuns_are_done_at_a_time_and_none_twice()
    {
        var now = 0;
        var most = 0;
        var done = new ConcurrentBag<long>();
        await using var worker = await WorkerHost.StartAsync(database, WorkerHost.PickingUp(async (run, token) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref now));
            await Task.Delay(100, token);
            Interlocked.Decrement(ref now);
            done.Add(run.RunId);
            return null;
        }));
        var requested = new List<long>();
        for (var i = 0; i < 6; i++) requested.Add(await _queue.RequestAsync(RunKind.Import, $"parallel-{i}", RunRequester.Api));

        foreach (var runId in requested) Assert.True((await _queue.WaitAsync(runId, TimeSpan.FromSeconds(10))).Succeeded);
        Assert.Equal(2, most);
        Assert.Equal(requested, done.Order());
    }

    [Fact]
    public async Task A_transient_fault_is_tried_again_until_it_passes()
    {
        await using var worker = await WorkerHost.StartAsync(database, WorkerHost.PickingUp((run, _) => run.Attempt < 3
            ? throw new PostgresException("deadlock detected", "ERROR", "ERROR", PostgresErrorCodes.DeadlockDetected)
            : Task.FromResult<object?>(null)));
        var run = await _queue.WaitAsync(await _queue.RequestAsync(RunKind.Etl, "a", RunRequester.Api), TimeSpan.FromSeconds(10));

        Assert.Equal(("succeeded", 3, null), (run.Status, run.Attempt, run.Error));
    }

    [Fact]
    public async Task A_fault_that_does_not_pass_fails_the_run_after_MaxAttempts()
    {
        await using var worker = await WorkerHost.StartAsync(
            database, WorkerHost.PickingUp((_, _) => throw new IOException("the disk is gone")), new() { ["Etl:MaxAttempts"] = "3" });
        var run = await _queue.WaitAsync(await _queue.RequestAsync(RunKind.Etl, "a", RunRequester.Api), TimeSpan.FromSeconds(10));

        Assert.Equal(("failed", 3, "the disk is gone"), (run.Status, run.Attempt, run.Error));
    }

    [Theory]
    [InlineData("53100", "could not extend file: no space left on device")]
    [InlineData("53200", "out of memory")]
    [InlineData("25006", "cannot execute INSERT in a read-only transaction")]
    public async Task An_outage_is_waited_for_however_long_it_lasts(string state, string message)
    {
        await using var worker = await WorkerHost.StartAsync(
            database,
            WorkerHost.PickingUp(async (run, _) => run.Attempt < 9
                ? await ScalarAsync($"do $$ begin raise exception '{message}' using errcode = '{state}'; end $$")
                : null),
            new() { ["Etl:MaxAttempts"] = "2", ["Etl:RetryDelay"] = "00:00:00.001", ["Etl:LongestRetryDelay"] = "00:00:00.010", ["Etl:PollInterval"] = "00:00:00.020" });
        var runId = await _queue.RequestAsync(RunKind.Etl, "a", RunRequester.Api);
        var run = await _queue.WaitAsync(runId, TimeSpan.FromSeconds(10));

        Assert.Equal(("succeeded", 9, null), (run.Status, run.Attempt, run.Error));
        Assert.Equal(0, await ScalarAsync("select lost_attempts from ops.runs"));
    }

    [Fact]
    public async Task A_permanent_fault_fails_the_run_at_once_with_its_message_in_the_run_and_in_its_step()
    {
        await using var worker = await WorkerHost.StartAsync(database, WorkerHost.PickingUp(
            (run, token) => run.StepAsync<object?>("settle", _ => throw new InvalidOperationException("no such merchant"), token)));
        var runId = await _queue.RequestAsync(RunKind.Etl, "a", RunRequester.Api);
        var run = await _queue.WaitAsync(runId, TimeSpan.FromSeconds(10));

        Assert.Equal(("failed", 1, "no such merchant"), (run.Status, run.Attempt, run.Error));
        Assert.Equal(
            "settle failed no such merchant",
            await ScalarAsync($"select concat_ws(' ', stage, status, error) from ops.run_steps where run_id = {runId}"));
        Assert.Contains(worker.Log, line => line.Contains("[InvalidOperationException: no such merchant]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_worker_that_stops_hands_its_run_back_at_once_and_the_next_one_does_it()
    {
        var begun = new TaskCompletionSource();
        var first = await WorkerHost.StartAsync(database, WorkerHost.PickingUp(async (run, token) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return null;
        }));
        var runId = await _queue.RequestAsync(RunKind.Etl, "a", RunRequester.Api);
        await begun.Task;
        await first.DisposeAsync();
        Assert.Equal("queued", (await _queue.FindAsync(runId))!.Status);
        Assert.Equal(0, await ScalarAsync("select lost_attempts from ops.runs"));

        await using var second = await WorkerHost.StartAsync(database, WorkerHost.PickingUp((_, _) => Task.FromResult<object?>(null)));
        var run = await _queue.WaitAsync(runId, TimeSpan.FromSeconds(10));
        Assert.Equal(("succeeded", 2), (run.Status, run.Attempt));
    }

    [Fact]
    public async Task A_run_whose_session_dies_is_cancelled_and_done_again_by_itself()
    {
        var cancelled = 0;
        await using var worker = await WorkerHost.StartAsync(database, WorkerHost.PickingUp(async (run, token) =>
        {
            if (run.Attempt > 1) return null;
            await ScalarAsync("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = pipeline.lock_key('run') and database = (select oid from pg_database where datname = current_database())");
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                Interlocked.Increment(ref cancelled);
            }

            return null;
        }));
        var runId = await _queue.RequestAsync(RunKind.Etl, "a", RunRequester.Api);
        var run = await _queue.WaitAsync(runId, TimeSpan.FromSeconds(10));

        Assert.Equal(("succeeded", 2), (run.Status, run.Attempt));
        Assert.Equal(1, cancelled);
        await Eventually.EqualAsync<object?>(0, () => ScalarAsync("select lost_attempts from ops.runs"));
    }

    [Fact]
    public async Task A_run_that_loses_its_worker_MaxLostWorkers_times_is_given_up()
    {
        await using (var poisoned = database.DataSource.CreateCommand(
            "insert into ops.runs (kind, request_key, requested_by, status, attempt, lost_attempts) values ('etl', 'poisoned', 'api', 'running', 50, 49)"))
        {
            await poisoned.ExecuteNonQueryAsync();
        }

        await using var worker = await WorkerHost.StartAsync(database, WorkerHost.PickingUp((_, _) => throw new InvalidOperationException("must not begin")));
        await Eventually.EqualAsync(
            "failed: Given up: the worker was lost in 50 attempts.",
            async () => (string?)await ScalarAsync("select concat(status, ': ', error) from ops.runs"));
    }

    [Fact]
    public async Task A_worker_waits_for_a_database_that_is_away_says_so_once_and_goes_on_by_itself()
    {
        await using var worker = await WorkerHost.StartAsync(database, WorkerHost.PickingUp((_, _) => Task.FromResult<object?>(null)));
        await Eventually.EqualAsync(2L, () => SessionsAsync());
        var name = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database;
        await using var server = NpgsqlDataSource.Create(await PostgresServer.ConnectionStringAsync());
        await ExecuteAsync(server, $"alter database \"{name}\" with allow_connections false");
        await ExecuteAsync(server, $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
        await Task.Delay(2500);
        await ExecuteAsync(server, $"alter database \"{name}\" with allow_connections true");
        database.DataSource.Clear();

        await Eventually.EqualAsync(2L, () => SessionsAsync());
        var run = await _queue.WaitAsync(await _queue.RequestAsync(RunKind.Etl, "a", RunRequester.Api), TimeSpan.FromSeconds(10));
        Assert.True(run.Succeeded);
        Assert.Single(worker.Log, line => line.StartsWith("Warning: The database is away", StringComparison.Ordinal));
        Assert.Single(worker.Log, line => line == "Information: The database is back");
    }

    [Fact]
    public async Task One_trace_leads_from_the_request_to_the_runs_steps()
    {
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PipelineTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using var worker = await WorkerHost.StartAsync(
            database, WorkerHost.PickingUp((run, token) => run.StepAsync("settle", _ => Task.FromResult<object?>(null), token)));

        using var request = new Activity("POST /api/etl/run").SetIdFormat(ActivityIdFormat.W3C).Start();
        var runId = await _queue.RequestAsync(RunKind.Etl, "a", RunRequester.Api);
        await _queue.WaitAsync(runId, TimeSpan.FromSeconds(10));

        await Eventually.EqualAsync(2, () => Task.FromResult(spans.Count(span => span.TraceId == request.TraceId)));
        var run = Assert.Single(spans, span => span.TraceId == request.TraceId && span.OperationName == "run etl");
        Assert.Equal(request.SpanId, run.ParentSpanId);
        Assert.Equal(run.SpanId, Assert.Single(spans, span => span.TraceId == request.TraceId && span.OperationName == "settle").ParentSpanId);
    }

    [Theory]
    [InlineData("Etl:ParallelRuns", "0")]
    [InlineData("Etl:MaxAttempts", "0")]
    [InlineData("Etl:PollInterval", "00:00:00")]
    public async Task Options_out_of_range_stop_the_start_and_are_named(string setting, string value)
    {
        var error = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => WorkerHost.StartAsync(
            database, WorkerHost.PickingUp((_, _) => Task.FromResult<object?>(null)), new() { [setting] = value }));
        Assert.Contains(setting.Split(':')[1], error.Message, StringComparison.Ordinal);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; value > seen; seen = most) Interlocked.CompareExchange(ref most, value, seen);
    }

    private async Task<long> SessionsAsync()
    {
        await using var server = NpgsqlDataSource.Create(await PostgresServer.ConnectionStringAsync());
        await using var command = server.CreateCommand("select count(*) from pg_stat_activity where application_name = 'Payments.Worker run' and datname = $1");
        command.Parameters.Add(new() { Value = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database! });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
