using Payments.Pipeline.Runs;
using Payments.Testing;

namespace Payments.Worker.Tests;

/// <summary>Reconciliations as runs, with the worker's own login: kill -9 in the middle, and the next worker goes on.</summary>
public sealed class ReconciliationRunTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int Lines = 6_000;
    private const int Buckets = 60;

    private readonly RunQueue _queue = new(database.DataSource, TimeProvider.System);

    [Fact]
    public async Task A_reconciliation_that_is_killed_is_gone_on_with_behind_its_last_bucket_and_finds_nothing_twice()
    {
        var folder = WorkerHost.NewFolder();
        await ScalarAsync(
            $"""
            insert into public.merchants (merchant_id, merchant_name, commission_rate) values ('M', 'M', 2);
            select pipeline.ensure_payment_partitions('2026-01-01', '2026-01-31');
            insert into public.payments (payment_id, customer_id, merchant_id, amount, currency, payment_status, transaction_date, risk_score, batch_id, line_number)
            select 'P' || p, 'C', 'M', p, 'USD', 'SUCCESS', '2026-01-10 10:00Z', 0, 1, p from generate_series(1, {Lines}) as p;
            insert into public.payment_keys select payment_id, transaction_date, md5(payment_id)::uuid from public.payments;
            insert into reconciliation.processor_lines (
                processor, account, external_id, category, original_category, payment_reference, currency, gross, fee, net, occurred_at, import_id, batch_id, line_number)
            select 'stripe', 'acct', 'txn' || p, 'payment', 'charge', 'P' || p, 'USD', p, p * 0.02, p * 0.98, '2026-01-10 11:00Z', 1, 1, p from generate_series(1, {Lines}) as p;
            """);
        var runId = await _queue.RequestAsync(RunKind.Reconciliation, "reconciliation:1", RunRequester.Command);
        await ScalarAsync($"select count(*) from pipeline.begin_reconciliation({runId}, false, null, null, null, now())");
        await ScalarAsync($"update reconciliation.runs set buckets = {Buckets}");
        foreach (var least in new[] { 5, 20 })
        {
            await using var dying = SpawnedWorker.Start(database, folder, ("Drop__Enabled", "false"));
            await WaitForAsync(async () => (int)(await ScalarAsync("select buckets_done from reconciliation.runs"))! >= least);
            await dying.KillAsync();
        }

        Assert.Equal("running", await ScalarAsync($"select status from ops.runs where run_id = {runId}"));
        await using var survivor = SpawnedWorker.Start(database, folder, ("Drop__Enabled", "false"));
        var run = await _queue.WaitAsync(runId, TimeSpan.FromSeconds(120));

        Assert.Equal(("succeeded", null, 3), (run.Status, run.Error, run.Attempt));
        Assert.Equal(
            $"line {Lines} {Lines}, payment {Lines} {Lines}",
            await ScalarAsync("select string_agg(concat_ws(' ', item_kind, items, keys), ', ' order by item_kind) from (select item_kind, count(*) as items, count(distinct item_key) as keys from reconciliation.match_items group by item_kind) as side"));
        Assert.Equal($"matched {Lines}", await ScalarAsync("select string_agg(concat_ws(' ', outcome, item_count), ', ') from reconciliation.run_figures"));
        Assert.Equal(0L, await ScalarAsync("select count(*) from reconciliation.differences"));
    }

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        var from = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(from) < TimeSpan.FromSeconds(120), "The worker gets nowhere.");
            await Task.Delay(5);
        }
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
