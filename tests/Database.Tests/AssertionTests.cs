using Npgsql;
using Payments.Testing;

namespace Payments.Database.Tests;

/// <summary>What the assertions find when something is wrong, and that they find nothing when all is right.</summary>
public sealed class AssertionTests : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const string Everything =
        "complete_imports, day_totals_equal_payments, fresh_payments, known_references, rollups_equal_payments, settlements_and_balances_equal_payments, settlements_equal_payments, unique_payments, written_settlements_equal_payments";

    private readonly NpgsqlDataSource _database;
    private readonly string _worker;

    public AssertionTests(TestDatabase database) => (_database, _worker) = (database.DataSource, database.ConnectionStringFor("payments_worker"));

    public Task InitializeAsync() => _database.ExecuteAsync(
        """
        truncate public.payments, public.payment_keys, public.settlement_payments, public.settlements, settlement.reserves, settlement.carries, settlement.commission_rates, public.customers, public.merchants, ops.runs,
            sla.incidents, sla.incident_events, rollup.payment_days, rollup.day_totals, rollup.merchant_totals, rollup.customer_totals, ops.settled_merchants cascade;
        insert into public.customers (customer_id, customer_name) values ('C1', 'One');
        insert into public.merchants (merchant_id, merchant_name, commission_rate, settles_from) values ('M1', 'Shop', 2.5, '2025-01-01')
        """);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_run_that_went_right_passes_everything()
    {
        var run = await RunAsync(new("P1"), new("P2") { Amount = 7m });
        await _database.ExecuteAsync("select pipeline.settle_payments('2025-01-16')");

        Assert.Equal(Everything, string.Join(", ", (await EvaluateAsync(run)).Select(row => row.Split('|')[0])));
        Assert.Equal(["passed"], await _database.RowsAsync("select distinct status from ops.assertion_results"));
        Assert.Equal(
            ["2025-01-16T08:00:00Z"],
            await _database.RowsAsync($"select checked_at from ops.assertion_results where run_id = {run} and assertion = 'unique_payments' and detail is null"));
    }

    [Theory]
    [InlineData("delete from public.payment_keys where payment_id = 'P2'", "unique_payments|failed|1 payments without their key|0 payments without their key|for example payment P2")]
    [InlineData("update public.payment_keys set transaction_date = '2024-05-05Z' where payment_id = 'P1'", "unique_payments|failed|1 payments without their key|0 payments without their key|for example payment P1")]
    [InlineData("delete from public.customers", "known_references|failed|2 payments of somebody unknown|0 payments of somebody unknown|for example payment P1")]
    [InlineData("update public.payments set amount = 1 where payment_id = 'P1'", "day_totals_equal_payments|failed|1 totals of other payments|0 totals of other payments|for example on 2025-01-15")]
    [InlineData("delete from rollup.day_totals", "day_totals_equal_payments|failed|1 totals of other payments|0 totals of other payments|for example on 2025-01-15")]
    [InlineData("insert into rollup.day_totals values ('2025-01-15', 'EUR', 'FAILED', 1, 1)", "day_totals_equal_payments|failed|1 totals of other payments|0 totals of other payments|for example on 2025-01-15")]
    [InlineData("update public.settlements set payment_count = 3", "settlements_equal_payments|failed|1 differences|0 differences|total or count is not that of its payments: 1")]
    [InlineData("delete from rollup.merchant_totals", "rollups_equal_payments|failed|1 differences|0 differences|rollup.merchant_totals: 1")]
    public async Task What_is_wrong_with_the_store_is_found(string damage, string finding)
    {
        var run = await RunAsync(new("P1"), new("P2"));
        await _database.ExecuteAsync("select pipeline.settle_payments('2025-01-16')");
        await _database.ExecuteAsync(damage);

        Assert.Contains(finding, await EvaluateAsync(run));
        Assert.Equal(
            [finding],
            await _database.RowsAsync(
                $"select assertion, status, observed, expected, detail from pipeline.list_latest_assertions('error', 'failed') where assertion = '{finding.Split('|')[0]}'"));
    }

    [Theory]
    [InlineData("delete from public.settlement_payments where payment_id = 'P2'")]
    [InlineData("update public.settlements set adjustment_amount = -1, net_amount = net_amount - 1")]
    public async Task A_settlement_written_by_the_run_that_is_not_the_sum_of_what_it_holds_is_found_in_a_large_store_too(string damage)
    {
        var run = await RunAsync(new("P1"), new("P2"));
        await _database.ExecuteAsync("select pipeline.settle_payments('2025-01-16')");
        await _database.ExecuteAsync(damage);

        Assert.Equal(
            ["error|False|1 settlements of other payments|0 settlements of other payments|for example STL-20250115-USD-M1"],
            await _database.RowsAsync($"select * from pipeline.expect_written_settlements_equal_payments({run}, now())"));
    }

    [Fact]
    public async Task A_record_that_got_lost_between_account_and_quarantine_is_found()
    {
        var run = await RunAsync(new StagedPayment("P1"));
        var import = (await _database.RowsAsync($"select import_id from ops.imports where run_id = {run}"))[0];
        await _database.ExecuteAsync($$"""update ops.imports set records_read = 2, records_rejected = 1, by_reason = '{"row.quote": 1}' where run_id = {{run}}""");

        Assert.Contains(
            "complete_imports|failed|1 imports with another sum|0 imports with another sum|"
            + $"import {import}: read 2, told 2, in batches 1; rejected 1, in quarantine 0, by reason 1",
            await EvaluateAsync(run));
    }

    [Fact]
    public async Task Old_payments_are_a_warning()
    {
        var run = await RunAsync(new StagedPayment("P1"));

        Assert.Contains(
            "fresh_payments|warned|2025-01-15|from 2025-01-16|The UTC day of the newest payment is further back.",
            await EvaluateAsync(run, "2025-01-17 00:00:00Z"));
    }

    [Theory]
    [InlineData(10, "passed|10 USD|10 ± 2.5 USD|")]
    [InlineData(13, "warned|13 USD|10 ± 2.5 USD|1 currencies drift; observed and expected are the furthest out.")]
    [InlineData(0, "warned|0 USD|10 ± 2.5 USD|1 currencies drift; observed and expected are the furthest out.")]
    public async Task A_day_unlike_those_before_it_is_a_warning(int payments, string finding)
    {
        await _database.ExecuteAsync(
            $"""
            insert into rollup.day_totals
            select '2025-01-15'::date - day, 'USD', 'SUCCESS', 10, 10 from generate_series(1, 7) as day
            union all
            select '2025-01-15', 'USD', 'SUCCESS', {payments}, {payments} where {payments} > 0
            """);
        var found = await EvaluateAsync(await StartAsync());

        Assert.Contains($"steady_volume|{finding}", found);
        Assert.Contains($"steady_amount|{finding}", found);
    }

    [Fact]
    public async Task Six_days_say_nothing_about_the_seventh()
    {
        await _database.ExecuteAsync(
            "insert into rollup.day_totals select '2025-01-15'::date - day, 'USD', 'SUCCESS', 10, 10 from generate_series(0, 6) as day");

        Assert.DoesNotContain(await EvaluateAsync(await StartAsync()), row => row.StartsWith("steady_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_more_is_an_assertion_more_and_one_that_breaks_has_failed_without_the_others()
    {
        await _database.ExecuteAsync(
            """
            create function pipeline.expect_the_impossible(p_run_id bigint, p_now timestamptz)
            returns table (severity text, holds boolean, observed text, expected text, detail text)
            language sql as $$ select 'error', 1 / (p_run_id - p_run_id) = 1, '', '', '' $$;
            grant execute on function pipeline.expect_the_impossible to payments_worker
            """);
        var run = await RunAsync(new StagedPayment("P1"));
        var found = await EvaluateAsync(run);
        var again = await EvaluateAsync(run);
        await _database.ExecuteAsync("drop function pipeline.expect_the_impossible");

        Assert.Contains("the_impossible|failed||an evaluation|22012: division by zero", found);
        Assert.Contains(found, row => row.StartsWith("unique_payments|passed", StringComparison.Ordinal));
        Assert.Equal(found, again);
    }

    [Fact]
    public async Task Every_assertion_returns_the_same_columns_and_is_described() => Assert.Equal(
        ["bigint, timestamp with time zone|severity, holds, observed, expected, detail|s|True"],
        await _database.RowsAsync(
            """
            select distinct
                oidvectortypes(function.proargtypes),
                array_to_string(function.proargnames[3:], ', '),
                function.provolatile::text,
                listed.description is not null
            from pipeline.list_assertions() as listed
            inner join pg_proc as function on function.proname = listed.function_name
            """));

    [Fact]
    public async Task No_two_assertions_have_one_name() => Assert.Empty(
        await _database.RowsAsync("select assertion from pipeline.list_assertions() group by assertion having count(*) > 1"));

    [Fact]
    public async Task A_payment_leads_back_to_line_file_and_run_and_to_its_settlement()
    {
        var run = await RunAsync(new("P1"), new("P2"));
        await _database.ExecuteAsync("select pipeline.settle_payments('2025-01-16')");

        Assert.Equal(
            [$"P2|3|payments|{new string('0', 64)}|{run}|import|command|STL-20250115-USD-M1"],
            await _database.RowsAsync(
                "select payment_id, line_number, profile, content_sha256, run_id, run_kind, requested_by, settlement_id from pipeline.get_payment_lineage('P2')"));
        Assert.Equal(
            [$"P1|2|{run}", $"P2|3|{run}"],
            await _database.RowsAsync("select payment_id, line_number, run_id from pipeline.list_settlement_lineage('STL-20250115-USD-M1') order by payment_id"));
        Assert.Empty(await _database.RowsAsync("select * from pipeline.get_payment_lineage('p2')"));
    }

    private Task<long> StartAsync() => ScalarAsync<long>(
        """
        insert into ops.runs (kind, request_key, requested_by, status, attempt, started_at)
        values ('import', gen_random_uuid()::text, 'command', 'running', 1, now()) returning run_id
        """);

    /// <summary>Loads payments in a run that is still running, with its account, as the worker does.</summary>
    private async Task<long> RunAsync(params StagedPayment[] payments)
    {
        await _database.LoadAsync(payments);
        await _database.ExecuteAsync(
            """
            update ops.runs set status = 'running', attempt = 1, started_at = now();
            update ops.batches set loaded_at = now();
            update ops.imports as import
            set records_read = batch.record_count, records_accepted = batch.record_count
            from ops.batches as batch
            where batch.import_id = import.import_id
            """);
        return await ScalarAsync<long>("select max(run_id) from ops.runs");
    }

    /// <summary>With the worker's own rights.</summary>
    private async Task<string[]> EvaluateAsync(long run, string now = "2025-01-16 08:00:00Z")
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_worker) { Pooling = false });
        return await source.RowsAsync(
            $"select assertion, status, observed, expected, detail from pipeline.evaluate_assertions({run}, 1, false, '{now}')");
    }

    private async Task<T> ScalarAsync<T>(string query)
    {
        await using var connection = await _database.OpenConnectionAsync();
        return await connection.ScalarAsync<T>(query);
    }
}
