using System.Diagnostics;
using Npgsql;
using Payments.Pipeline.Runs;
using Payments.Testing;
using Payments.Worker.Runs;

namespace Payments.Worker.Tests;

/// <summary>The queue in the database: asking, claiming, taking over, fencing.</summary>
public sealed class RunQueueTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly RunQueue _queue = new(database.DataSource, TimeProvider.System);
    private readonly List<NpgsqlConnection> _sessions = [];

    public async Task InitializeAsync()
    {
        await using var command = database.DataSource.CreateCommand("truncate ops.runs cascade");
        await command.ExecuteNonQueryAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var session in _sessions) await session.DisposeAsync();
    }

    [Fact]
    public async Task The_same_request_key_is_the_same_run_even_after_its_end()
    {
        var first = await _queue.RequestAsync(RunKind.Import, "one", RunRequester.Api);
        var session = await SessionAsync();
        var claimed = await ClaimAsync(session);
        await session.SucceedAsync(claimed!, null);

        Assert.Equal(first, await _queue.RequestAsync(RunKind.Import, "one", RunRequester.Api));
        Assert.Equal("succeeded", (await _queue.FindAsync(first))!.Status);
    }

    [Theory]
    [InlineData(RunKind.Etl)]
    [InlineData(RunKind.SlaCheck)]
    public async Task A_request_joins_the_run_of_its_kind_that_is_queued_or_running(string kind)
    {
        var first = await _queue.RequestAsync(kind, "a", RunRequester.Api);
        Assert.Equal(first, await _queue.RequestAsync(kind, "b", RunRequester.Schedule));

        var session = await SessionAsync();
        var claimed = await ClaimAsync(session);
        Assert.Equal(first, await _queue.RequestAsync(kind, "c", RunRequester.Api));

        await session.SucceedAsync(claimed!, null);
        Assert.NotEqual(first, await _queue.RequestAsync(kind, "d", RunRequester.Api));
    }

    [Fact]
    public async Task Every_import_is_a_run_of_its_own()
    {
        var first = await _queue.RequestAsync(RunKind.Import, "a", RunRequester.Api);
        var second = await _queue.RequestAsync(RunKind.Import, "b", RunRequester.Api);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Twenty_requests_at_once_are_one_etl_run()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => _queue.RequestAsync(RunKind.Etl, $"at-once-{i}", RunRequester.Api)));
        Assert.Single(runs.Distinct());
    }

    [Fact]
    public async Task A_run_is_asked_for_when_the_callers_transaction_commits()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await RunQueue.RequestAsync(connection, RunKind.Import, "rolled back", RunRequester.Api, null, default);
            await transaction.RollbackAsync();
        }

        Assert.Null(await ClaimAsync(await SessionAsync()));
    }

    [Fact]
    public async Task Parameters_and_the_requesters_trace_reach_the_worker()
    {
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        await _queue.RequestAsync(RunKind.Import, "traced", RunRequester.DropFolder, new { ImportId = 42 });

        var run = await ClaimAsync(await SessionAsync());
        Assert.Equal("""{"import_id": 42}""", run!.Parameters);
        Assert.Equal(RunRequester.DropFolder, run.RequestedBy);
        Assert.Equal(activity.TraceId, run.Parent.TraceId);
        Assert.Equal(activity.SpanId, run.Parent.SpanId);
    }

    [Fact]
    public async Task Eight_claimers_at_once_share_thirty_runs_without_one_twice()
    {
        var requested = new List<long>();
        for (var i = 0; i < 30; i++) requested.Add(await _queue.RequestAsync(RunKind.Import, $"shared-{i}", RunRequester.Api));

        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(async claimer =>
        {
            var mine = new List<long>();
            while (await ClaimAsync(await SessionAsync(), $"claimer {claimer}") is { } run) mine.Add(run.RunId);
            return mine;
        }));

        Assert.Equal(requested, claims.SelectMany(mine => mine).Order());
    }

    [Fact]
    public async Task A_run_whose_worker_lives_is_nobody_elses()
    {
        await _queue.RequestAsync(RunKind.Etl, "a", RunRequester.Api);
        Assert.NotNull(await ClaimAsync(await SessionAsync()));
        Assert.Null(await ClaimAsync(await SessionAsync()));
    }

    [Fact]
    public async Task A_run_whose_session_was_killed_is_taken_over_as_the_next_attempt_and_the_old_one_is_fenced_out()
    {
        var runId = await _queue.RequestAsync(RunKind.Etl, "a", RunRequester.Api);
        var dying = await SessionAsync();
        var first = await ClaimAsync(dying);
        var old = new RunContext(runId, first!.Attempt, database.DataSource, TimeProvider.System);
        await old.BeginStepAsync("load", default);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await old.AssertOwnedAsync(connection, default);

        await KillAsync(dying);
        var second = await ClaimAsync(await SessionAsync(), "the next");

        Assert.Equal((runId, 2, 0, 1, true), (second!.RunId, second.Attempt, second.FailedAttempts, second.LostAttempts, second.TakenOver));
        var fenced = await Assert.ThrowsAsync<PostgresException>(() => old.AssertOwnedAsync(connection, default));
        Assert.True(RunFaults.IsTakenOver(fenced));
        Assert.Equal("failed: the worker was lost", await ScalarAsync($"select concat(status, ': ', error) from ops.run_steps where run_id = {runId}"));

        await using var another = await SessionAsync();
        await Assert.ThrowsAsync<PostgresException>(() => another.SucceedAsync(first, null));
        Assert.Equal("running", (await _queue.FindAsync(runId))!.Status);
    }

    [Fact]
    public async Task A_takeover_waits_for_the_transaction_that_the_lost_worker_still_has_open()
    {
        var runId = await _queue.RequestAsync(RunKind.Etl, "a", RunRequester.Api);
        var dying = await SessionAsync();
        var first = await ClaimAsync(dying);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await new RunContext(runId, first!.Attempt, database.DataSource, TimeProvider.System).AssertOwnedAsync(connection, default);
            await KillAsync(dying);
            Assert.Null(await ClaimAsync(await SessionAsync()));
            await transaction.CommitAsync();
        }

        Assert.Equal(2, (await ClaimAsync(await SessionAsync()))!.Attempt);
    }

    [Fact]
    public async Task A_retried_run_is_due_after_its_pause_and_keeps_the_fault()
    {
        var runId = await _queue.RequestAsync(RunKind.Etl, "a", RunRequester.Api);
        var session = await SessionAsync();
        await session.RetryAsync((await ClaimAsync(session))!, TimeSpan.FromMilliseconds(300), "deadlock detected", isCounted: true);
        await session.ReleaseAsync();

        var waiting = await _queue.FindAsync(runId);
        Assert.Equal(("queued", "deadlock detected"), (waiting!.Status, waiting.Error));
        Assert.Null(await ClaimAsync(session));

        await Task.Delay(320);
        Assert.Equal((2, 1, false), await ClaimAsync(session) is { } run ? (run.Attempt, run.FailedAttempts, run.TakenOver) : default);
    }

    [Fact]
    public async Task A_run_that_is_handed_back_is_free_at_once_and_no_failure_is_counted()
    {
        await _queue.RequestAsync(RunKind.Etl, "a", RunRequester.Api);
        var session = await SessionAsync();
        await session.HandBackAsync((await ClaimAsync(session))!);
        await session.ReleaseAsync();

        Assert.Equal((2, 0, false), await ClaimAsync(await SessionAsync()) is { } run ? (run.Attempt, run.FailedAttempts, run.TakenOver) : default);
    }

    [Fact]
    public async Task The_unfinished_import_of_a_failed_run_fails_with_it()
    {
        var runId = await _queue.RequestAsync(RunKind.Import, "a", RunRequester.Api);
        await using (var command = database.DataSource.CreateCommand(
            $"insert into ops.imports (run_id, profile, content_sha256, size_bytes) values ({runId}, 'payments', repeat('0', 64), 1)"))
        {
            await command.ExecuteNonQueryAsync();
        }

        var session = await SessionAsync();
        await session.FailAsync((await ClaimAsync(session))!, "no space left");

        Assert.Equal("failed: no space left", await ScalarAsync($"select concat(status, ': ', error) from ops.imports where run_id = {runId}"));
    }

    [Fact]
    public async Task Waiting_ends_with_the_run_or_with_the_time()
    {
        var runId = await _queue.RequestAsync(RunKind.Etl, "a", RunRequester.Api);
        Assert.False((await _queue.WaitAsync(runId, TimeSpan.FromMilliseconds(60))).IsFinished);

        var waiting = _queue.WaitAsync(runId, TimeSpan.FromMinutes(1));
        var session = await SessionAsync();
        await session.SucceedAsync((await ClaimAsync(session))!, """{"records_loaded": {"payments": 7}}""");

        var finished = await waiting;
        Assert.True(finished.Succeeded);
        Assert.Equal(7, finished.Result!.Value.GetProperty("records_loaded").GetProperty("payments").GetInt32());
        await Assert.ThrowsAsync<ArgumentException>(() => _queue.WaitAsync(-1, TimeSpan.Zero));
    }

    private static Task<ClaimedRun?> ClaimAsync(NpgsqlConnection session, string worker = "a test") => ClaimedRun.NextAsync(session, worker, default);

    private async Task<NpgsqlConnection> SessionAsync()
    {
        var session = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        lock (_sessions) _sessions.Add(session);
        await session.OpenAsync();
        return session;
    }

    private async Task KillAsync(NpgsqlConnection session)
    {
        await using var kill = database.DataSource.CreateCommand($"select pg_terminate_backend({session.ProcessID}, 5000)");
        await kill.ExecuteNonQueryAsync();
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
