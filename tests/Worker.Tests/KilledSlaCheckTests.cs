using Npgsql;
using Payments.Pipeline.Runs;
using Payments.Testing;

namespace Payments.Worker.Tests;

/// <summary>kill -9 of a worker in the middle of an SLA check: nothing is lost, nothing is there twice.</summary>
public sealed class KilledSlaCheckTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int Late = 40;
    private readonly RunQueue _queue = new(database.DataSource, TimeProvider.System);

    [Fact]
    public async Task A_check_that_is_killed_has_done_nothing_and_the_next_worker_does_all_of_it_once()
    {
        await ScalarAsync(
            $"""
            insert into public.merchants (merchant_id, merchant_name) values ('M1', 'Shop');
            insert into public.settlements (settlement_id, merchant_id, expected_settlement_date, total_amount, commission_amount, net_amount, payment_count, currency, period_start, period_end)
            select 'S' || n, 'M1', current_date - 3 - n, 100, 1, 99, 1, 'USD', current_date - 5 - n, current_date - 4 - n from generate_series(1, {Late}) as n
            """);
        var folder = WorkerHost.NewFolder();
        var runId = await _queue.RequestAsync(RunKind.SlaCheck, "sla:1", RunRequester.Command);

        // Settlements are marked before steps are numbered: who holds that lock stops a check between the two.
        await using (var holding = await database.DataSource.OpenConnectionAsync())
        await using (var transaction = await holding.BeginTransactionAsync())
        {
            await using (var hold = new NpgsqlCommand("select pg_advisory_xact_lock(pipeline.lock_key('sla_events'))", holding)) await hold.ExecuteNonQueryAsync();
            await using var dying = SpawnedWorker.Start(database, folder, ("Drop__Enabled", "false"));
            await WaitForAsync("select count(*) > 0 from pg_locks where locktype = 'advisory' and objid = pipeline.lock_key('sla_events') and not granted and database = (select oid from pg_database where datname = current_database())");
            await dying.KillAsync();
        }

        Assert.Equal("running", await ScalarAsync($"select status from ops.runs where run_id = {runId}"));
        await WaitForAsync("select count(*) = 0 from pg_locks where locktype = 'advisory' and objid = pipeline.lock_key('sla_events') and database = (select oid from pg_database where datname = current_database())");
        Assert.Equal("0 0 0", await ScalarAsync(Found));

        await using var survivor = SpawnedWorker.Start(database, folder, ("Drop__Enabled", "false"));
        var run = await _queue.WaitAsync(runId, TimeSpan.FromSeconds(60));
        Assert.Equal(("succeeded", null, 2), (run.Status, run.Error, run.Attempt));
        Assert.Equal($"{Late} {Late} {Late}", await ScalarAsync(Found));
        Assert.Equal(Late, run.Result!.Value.GetProperty("opened").GetInt32());

        var again = await _queue.WaitAsync(await _queue.RequestAsync(RunKind.SlaCheck, "sla:2", RunRequester.Command), TimeSpan.FromSeconds(60));
        Assert.Equal(("succeeded", 0), (again.Status, again.Result!.Value.GetProperty("steps").GetInt32()));
        Assert.Equal($"{Late} {Late} {Late}", await ScalarAsync(Found));
        Assert.Equal(0L, await ScalarAsync("select count(*) from pipeline.list_sla_differences(interval '0')"));
    }

    private const string Found =
        """
        select concat_ws(
            ' ',
            (select count(*) from public.settlements where sla_breach),
            (select count(*) from sla.incidents),
            (select count(*) from sla.incident_events where step = 'opened'))
        """;

    private async Task WaitForAsync(string condition)
    {
        var from = TimeProvider.System.GetTimestamp();
        while (!(bool)(await ScalarAsync(condition))!)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(from) < TimeSpan.FromSeconds(60), $"Still not so: {condition}");
            await Task.Delay(20);
        }
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
