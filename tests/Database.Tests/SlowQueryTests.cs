using Npgsql;
using Payments.Testing;

namespace Payments.Database.Tests;

/// <summary>What one look at the sessions finds.</summary>
public sealed class SlowQueryTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Theory]
    [InlineData("select * from t where id = $1 and n > 12.5", "select * from t where id = $1 and n > ?")]
    [InlineData("select  a1\n\tfrom t2 limit 10", "select a1 from t2 limit ?")]
    [InlineData("select 1 where email = 'ada@example.com' and 'x' = 'y'", "select ? where email = …")]
    [InlineData("select E'a\\'secret' as x", "select E…")]
    [InlineData("-- don't look\nselect 'secret'", "-- don…")]
    [InlineData("select $tag$secret$tag$", "select …")]
    [InlineData("select 'cut by the server", "select …")]
    public async Task A_statement_is_kept_without_its_values(string statement, string kept)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        Assert.Equal(kept, await connection.ScalarAsync<string>("select pipeline.mask_statement($1)", statement));
    }

    [Fact]
    public async Task A_slow_statement_is_told_of_once_when_it_is_seen_and_once_when_it_has_ended_and_then_forgotten_in_its_turn()
    {
        await database.DataSource.ExecuteAsync(
            """
            insert into ops.slow_queries (pid, backend_start, query_start, role_name, application_name, statement, state, duration_ms, seen_at, ended_at)
            select n, now(), now(), 'bi_reader', '', 'old', 'finished', 1, now(), now() from generate_series(1, 1000) as n
            """);
        await using var session = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionStringFor("payments_api")) { Pooling = false, ApplicationName = "Slow", CommandTimeout = 0 }.ConnectionString);
        await session.OpenAsync();
        await using var watcher = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionStringFor("payments_worker")) { ApplicationName = "A worker" });
        await using var command = new NpgsqlCommand("select pg_sleep(600)", session);
        var asleep = Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
        await using (var waiting = await database.DataSource.OpenConnectionAsync())
        {
            while (!await waiting.ScalarAsync<bool>("select exists (select from pg_stat_activity where application_name = 'Slow' and state = 'active' and clock_timestamp() - query_start > '50 ms')")) await Task.Delay(20);
        }

        Assert.Empty(await LookAsync("1 hour"));
        Assert.Equal(["payments_api|Slow|select pg_sleep(?)|running"], await LookAsync("10 ms"));
        Assert.Empty(await LookAsync("10 ms"));
        Assert.Equal(["1|1000|1000"], await database.DataSource.RowsAsync("select count(*) filter (where state = 'running'), count(*), max(slow_query_id) - min(slow_query_id) + 1 from ops.slow_queries"));

        Assert.Equal(["True"], await database.DataSource.RowsAsync("select pipeline.cancel_slow_query(slow_query_id, 'Ada', now()) from ops.slow_queries where state = 'running'"));
        Assert.Empty(await LookAsync("1 hour"));
        Assert.Equal(PostgresErrorCodes.QueryCanceled, (await asleep).SqlState);
        Assert.Equal(["payments_api|Slow|select pg_sleep(?)|cancelled"], await LookAsync("1 hour"));
        Assert.Empty(await LookAsync("1 hour"));

        Task<string[]> LookAsync(string after) => watcher.RowsAsync($"select role_name, application_name, statement, state from pipeline.watch_slow_queries('{after}', '1 hour')");
    }

    [Fact]
    public async Task A_session_that_waits_for_its_client_and_one_like_the_watchs_own_are_no_alarm()
    {
        var watcher = new NpgsqlConnectionStringBuilder(database.ConnectionStringFor("payments_worker")) { ApplicationName = "Another worker", Pooling = false };
        await using var working = new NpgsqlConnection(watcher.ConnectionString);
        await working.OpenAsync();
        await using var waiting = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(watcher.ConnectionString) { ApplicationName = "Not a worker" }.ConnectionString);
        await waiting.OpenAsync();
        await using var copy = await waiting.BeginTextImportAsync("copy risk.labels (payment_id) from stdin");
        await using (var owner = await database.DataSource.OpenConnectionAsync())
        {
            // It has answered its client before it begins to wait for it.
            while (!await owner.ScalarAsync<bool>("select exists (select from pg_stat_activity where application_name = 'Not a worker' and state = 'active' and wait_event_type = 'Client')")) await Task.Delay(20);
        }

        await using var command = new NpgsqlCommand("select pg_sleep(2)", working);
        var run = command.ExecuteNonQueryAsync();

        await using var looking = NpgsqlDataSource.Create(watcher);
        var alarms = new List<string>();
        while (!run.IsCompleted)
        {
            alarms.AddRange(await looking.RowsAsync("select role_name, statement from pipeline.watch_slow_queries('1 ms', '1 hour')"));
            await Task.Delay(100);
        }

        await run;
        Assert.Empty(alarms);
    }
}
