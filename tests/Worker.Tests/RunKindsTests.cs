using Payments.Pipeline.Runs;
using Payments.Testing;
using Payments.Worker.Runs;

namespace Payments.Worker.Tests;

/// <summary>What the kinds of runs really do, with the worker's own login.</summary>
public sealed class RunKindsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly Dictionary<string, string?> Small = new()
    {
        ["Generate:Enabled"] = "true",
        ["Generate:Customers"] = "20",
        ["Generate:Merchants"] = "5",
        ["Generate:Payments"] = "200",
        ["Generate:Days"] = "20",
    };

    private readonly RunQueue _queue = new(database.DataSource, TimeProvider.System);

    [Fact]
    public async Task The_first_run_fills_an_empty_store_once_a_second_etl_run_adds_nothing_and_removal_leaves_nothing()
    {
        var settings = new Dictionary<string, string?>(Small) { ["Generate:FirstRun"] = "true" };
        await using (await StartAsync(settings))
        {
            await Eventually.EqualAsync<object?>("etl first_run succeeded", () => ScalarAsync("select string_agg(concat_ws(' ', kind, request_key, status), ', ') from ops.runs where kind = 'etl'"), seconds: 30);
        }

        await using var worker = await StartAsync(settings);
        var again = await DoAsync(RunKind.Etl);
        Assert.Equal(2L, await ScalarAsync("select count(*) from ops.runs where kind = 'etl'"));
        var loaded = again.Result!.Value.GetProperty("records_loaded");
        var added = again.Result!.Value.GetProperty("records_added");
        Assert.Equal((20, 5, 200), (loaded.GetProperty("customers").GetInt32(), loaded.GetProperty("merchants").GetInt32(), loaded.GetProperty("payments").GetInt32()));
        Assert.Equal(await ScalarAsync("select count(*) from public.settlements where merchant_id <> 'LATE'"), loaded.GetProperty("settlements").GetInt64());
        Assert.Equal([0, 0, 0, 0], new[] { "customers", "merchants", "payments", "settlements" }.Select(name => added.GetProperty(name).GetInt32()));
        Assert.Equal(
            "generate settle payout sla_check",
            await ScalarAsync($"select string_agg(stage, ' ' order by step_number) from ops.run_steps where run_id = {again.RunId} and status = 'succeeded'"));

        var removed = await DoAsync(RunKind.RemoveGenerated);
        Assert.Equal(200, removed.Result!.Value.GetProperty("payments").GetInt32());
        Assert.Equal(0L, await ScalarAsync("select (select count(*) from public.payments) + (select count(*) from public.customers) + (select count(*) from public.settlements where merchant_id <> 'LATE')"));
    }

    [Fact]
    public async Task The_sla_check_records_an_incident_once()
    {
        await ScalarAsync(
            """
            insert into public.merchants (merchant_id, merchant_name, commission_rate, status) values ('LATE', 'A late payer', 2.5, 'ACTIVE');
            insert into public.settlements (settlement_id, merchant_id, expected_settlement_date, total_amount, commission_amount, net_amount, payment_count, currency, period_start, period_end)
            values ('LATE-1', 'LATE', '2026-01-03', 100, 2.5, 97.5, 1, 'USD', '2026-01-01', '2026-01-02')
            """);
        await using var worker = await StartAsync();
        await DoAsync(RunKind.SlaCheck);
        await DoAsync(RunKind.SlaCheck);

        Assert.Equal(true, await ScalarAsync("select sla_breach from public.settlements where settlement_id = 'LATE-1'"));
        Assert.Equal(1L, await ScalarAsync("select count(*) from ops.sla_incidents where settlement_id = 'LATE-1'"));
    }

    [Fact]
    public async Task Partition_maintenance_makes_this_month_and_three_ahead()
    {
        await using var worker = await StartAsync();
        await DoAsync(RunKind.PartitionMaintenance);
        Assert.Equal(
            4L,
            await ScalarAsync(
                """
                select count(*)
                from generate_series(0, 3) as ahead
                where to_regclass('partitions.payments_' || to_char((now() at time zone 'UTC') + make_interval(months => ahead), 'YYYY_MM')) is not null
                """));
    }

    [Fact]
    public async Task Initialize_migrates_with_the_owners_connection_and_without_it_says_what_to_run()
    {
        await using (await StartAsync())
        {
            var refused = await DoAsync(RunKind.Initialize, "failed");
            Assert.Equal(1, refused.Attempt);
            Assert.Contains("dotnet run --project Database", refused.Error, StringComparison.Ordinal);
        }

        await ScalarAsync("drop view public.vw_merchant_performance");
        await ScalarAsync("comment on schema pipeline is 'an older version'");
        await using var worker = await StartAsync(new() { ["ConnectionStrings:payments-owner"] = database.ConnectionString });
        await DoAsync(RunKind.Initialize);
        Assert.Equal(0L, await ScalarAsync("select count(*) from public.vw_merchant_performance where merchant_id = 'NOBODY'"));
        await DoAsync(RunKind.Initialize);
    }

    private Task<WorkerHost> StartAsync(Dictionary<string, string?>? settings = null) => WorkerHost.StartAsync(
        database,
        builder => builder.AddRunPickUp(),
        new(settings ?? []) { ["ConnectionStrings:payments"] = database.ConnectionStringFor("payments_worker") });

    private async Task<RequestedRun> DoAsync(string kind, string status = "succeeded")
    {
        var run = await _queue.WaitAsync(await _queue.RequestAsync(kind, Guid.NewGuid().ToString(), RunRequester.Command), TimeSpan.FromSeconds(30));
        Assert.Equal((status, status == "failed" ? run.Error : null), (run.Status, run.Error));
        return run;
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
