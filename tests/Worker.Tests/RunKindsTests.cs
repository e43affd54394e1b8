using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Payments.Pipeline.Import;
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
            "generate settle payout sla_check assert",
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
        Assert.Equal(1L, await ScalarAsync("select count(*) from sla.incidents where settlement_id = 'LATE-1'"));
    }

    [Fact]
    public async Task An_import_is_asserted_and_marked_when_the_store_is_wrong_and_the_assertions_run_proves_all_of_it()
    {
        await using var worker = await StartAsync();
        var intake = worker.Services.GetRequiredService<ImportIntake>();
        await ImportAsync(intake, "customers", "customer_id\nA1\n");
        await ImportAsync(intake, "merchants", "merchant_id\nA1\n");
        const string header = "payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\n";
        var right = await ImportAsync(intake, "payments", header + "A1,A1,A1,10,USD,WALLET,SUCCESS,2026-01-10T10:00:00Z\nA2,NOBODY,A1,10,USD,WALLET,SUCCESS,2026-01-10T10:00:00Z\n");
        Assert.Equal(
            "complete_imports passed, day_totals_equal_payments passed, fresh_payments warned, known_references passed, unique_payments passed",
            await FoundAsync(right));

        await ScalarAsync("update rollup.day_totals set total_amount = 11 where payment_date = '2026-01-10'");
        var wrong = await ImportAsync(intake, "payments", header + "A3,A1,A1,10,USD,WALLET,SUCCESS,2026-01-10T11:00:00Z\n");
        Assert.Equal(
            "complete_imports passed, day_totals_equal_payments failed, fresh_payments warned, known_references passed, unique_payments passed",
            await FoundAsync(wrong));
        Assert.Equal("assert 9 6", await ScalarAsync($"select concat_ws(' ', stage, rows_in, rows_out) from ops.run_steps where run_id = {wrong} and stage = 'assert'"));

        var proof = await DoAsync(RunKind.Assertions);
        await ScalarAsync("update rollup.day_totals set total_amount = 20 where payment_date = '2026-01-10'");
        var mended = await DoAsync(RunKind.Assertions);
        Assert.Equal(1, proof.Result!.Value.GetProperty("failed").GetInt32());
        Assert.Equal(
            "rollup.day_totals: 1",
            await ScalarAsync($"select detail from ops.assertion_results where run_id = {proof.RunId} and assertion = 'rollups_equal_payments' and status = 'failed'"));
        Assert.Equal(0, mended.Result!.Value.GetProperty("failed").GetInt32());
    }

    [Fact]
    public async Task The_alert_expiry_ends_what_nobody_touches_and_forgets_old_events()
    {
        await using var worker = await StartAsync(new() { ["Feed:Events"] = "1" });
        var intake = worker.Services.GetRequiredService<ImportIntake>();
        await ImportAsync(intake, "customers", "customer_id\nX1\nX2\n");
        await ImportAsync(intake, "merchants", "merchant_id\nX1\n");
        await ImportAsync(
            intake,
            "payments",
            "payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\nX1,X1,X1,12000,USD,WALLET,SUCCESS,2026-01-10T10:00:00Z\nX2,X2,X1,12000,USD,WALLET,SUCCESS,2026-01-10T10:00:00Z\n");
        Assert.Equal("OPEN OPEN", await ScalarAsync("select string_agg(status, ' ') from risk.alerts where customer_id in ('X1', 'X2')"));
        await ScalarAsync("update risk.alerts set updated_at = now() - interval '1 year' where customer_id = 'X1'");

        var expiry = await DoAsync(RunKind.AlertExpiry);

        Assert.Equal(1, expiry.Result!.Value.GetProperty("expired").GetInt32());
        Assert.Equal("EXPIRED OPEN", await ScalarAsync("select string_agg(status, ' ' order by customer_id) from risk.alerts where customer_id in ('X1', 'X2')"));
        Assert.Equal("expired", await ScalarAsync("select string_agg(payload ->> 'step', ' ') from risk.events"));
        Assert.Equal("expire sweep", await ScalarAsync($"select string_agg(stage, ' ' order by step_number) from ops.run_steps where run_id = {expiry.RunId} and status = 'succeeded'"));
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
    public async Task Without_the_owners_connection_initialize_succeeds_when_the_schema_is_current_and_else_names_the_command()
    {
        await using var worker = await StartAsync();
        await using var api = await SpawnedApi.StartAsync(database, worker.Folder);

        var (status, body) = await api.PostAsync("/api/etl/initialize");
        Assert.Equal((200, """{"status":"success","message":"Database initialized successfully"}"""), (status, body.GetRawText()));

        var version = await ScalarAsync("select obj_description(to_regnamespace('pipeline'), 'pg_namespace')");
        foreach (var (harm, repair, reason) in new[]
        {
            ("comment on schema pipeline is 'an older version'", $"comment on schema pipeline is '{version}'", "rebuild the code ("),
            ("update ops.schema_journal set scriptname = 'x' where scriptname = 'migrations/0004_create_payments.sql'", "update ops.schema_journal set scriptname = 'migrations/0004_create_payments.sql' where scriptname = 'x'", "run migrations/0004_create_payments.sql"),
            ("revoke select on ops.schema_journal from payments_worker", "grant select on ops.schema_journal to payments_worker", "permission denied for table schema_journal"),
        })
        {
            await ScalarAsync(harm);
            (status, body) = await api.PostAsync("/api/etl/initialize");
            await ScalarAsync(repair);

            Assert.Equal(409, status);
            var detail = body.GetProperty("detail").GetString();
            Assert.StartsWith($"The schema is not at this version ({reason}", detail, StringComparison.Ordinal);
            Assert.EndsWith("Run the migrator: ConnectionStrings__payments='<the connection string of the owner>' dotnet run --project Database", detail, StringComparison.Ordinal);
        }

        Assert.Equal(1, await ScalarAsync("select max(attempt) from ops.runs where kind = 'initialize'"));
        Assert.Equal(200, (await api.PostAsync("/api/etl/initialize")).Status);
    }

    [Fact]
    public async Task With_the_owners_connection_initialize_migrates()
    {
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

    /// <summary>Imports a file to its run's end.</summary>
    private async Task<long> ImportAsync(ImportIntake intake, string profile, string csv)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        var ticket = await intake.AcceptAsync(file, new(profile, ImportMode.Insert, "test.csv", RunRequester.Command), CancellationToken.None);
        var run = await _queue.WaitAsync(ticket.RunId, TimeSpan.FromSeconds(30));
        Assert.Equal(("succeeded", null), (run.Status, run.Error));
        return ticket.RunId;
    }

    /// <summary>What the assertions about what a run touched have found.</summary>
    private Task<object?> FoundAsync(long runId) => ScalarAsync(
        $"""
        select string_agg(assertion || ' ' || status, ', ' order by assertion)
        from ops.assertion_results
        where run_id = {runId} and assertion not in ('rollups_equal_payments', 'settlements_equal_payments', 'settlements_and_balances_equal_payments', 'sla_incidents_equal_settlements')
        """);

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
