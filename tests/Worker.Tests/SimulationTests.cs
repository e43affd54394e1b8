using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Payments.Pipeline.Runs;
using Payments.Testing;
using Payments.Worker.Runs;
using Payments.Worker.SlowQueries;

namespace Payments.Worker.Tests;

/// <summary>The production issues: harmed on purpose, seen, reported and recovered from, over the API and with the services' own logins.</summary>
public sealed class SimulationTests(SimulatedPlatform platform) : IClassFixture<SimulatedPlatform>
{
    private readonly SpawnedApi _api = platform.Api;
    private readonly WorkerHost _worker = platform.Worker;

    [Fact]
    public async Task Missing_data_is_quarantined_and_warned_of_and_comes_by_a_correction_and_the_next_etl_run()
    {
        var before = await ScalarAsync<long>("select count(*) from public.payments");
        var harmed = (await PostAsync("/api/simulations/missing-data", 200)).GetProperty("harmed");
        Assert.Equal((7, 7), (harmed.GetProperty("read").GetInt32(), harmed.GetProperty("rejected").GetInt32()));
        var missing = harmed.GetProperty("payments").GetInt64();
        Assert.InRange(missing, 1, before);
        Assert.Equal(DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(-1).ToString("yyyy-MM-dd"), harmed.GetProperty("missing_day").GetString());
        Assert.Equal(before - missing, await ScalarAsync<long>("select count(*) from public.payments"));
        await AssertExactAsync();

        var import = harmed.GetProperty("import_id").GetInt64();
        var refused = await _api.GetAsync($"/api/quarantine?import_id={import}&status=open");
        Assert.Equal(
            "customer_id.missing merchant_id.missing amount.missing currency.missing payment_method.missing status.missing payment_date.missing",
            string.Join(' ', refused.EnumerateArray().Select(record => record.GetProperty("reasons")[0].GetString())));
        Assert.Equal("fresh_payments steady_volume", await AssertionsAsync("warned"));

        var corrected = await PostAsync($"/api/quarantine/{import}/3/correct?wait=true", 200, new { values = new { amount = "12.00" } });
        Assert.Equal(1, corrected.GetProperty("replays")[0].GetProperty("account").GetProperty("accepted").GetInt32());
        await PostAsync("/api/quarantine/dismiss", 200, new { import_id = import, note = "simulated" });
        Assert.Equal(missing, (await PostAsync("/api/etl/run", 200)).GetProperty("records_added").GetProperty("payments").GetInt64());

        Assert.Equal(before + 1, await ScalarAsync<long>("select count(*) from public.payments"));
        Assert.Equal(0, (await _api.GetAsync($"/api/quarantine?import_id={import}&status=open")).GetArrayLength());
        Assert.Equal(("", ""), (await AssertionsAsync("warned"), await AssertionsAsync("failed")));
        await AssertExactAsync();
    }

    [Fact]
    public async Task Incorrect_settlements_are_found_by_the_assertions_and_mended_by_one_call_that_touches_no_other()
    {
        const string others = "select md5(string_agg(s::text, ',' order by settlement_id)) from public.settlements as s where settlement_id <> all ($1)";
        var harmed = (await PostAsync("/api/simulations/incorrect-settlements", 200)).GetProperty("harmed").GetProperty("settlements");
        var falsified = harmed.EnumerateArray().ToDictionary(one => one.GetProperty("settlement_id").GetString()!, one => one.GetProperty("former_net_amount").GetDecimal());
        Assert.Equal(3, falsified.Count);
        var untouched = await ScalarAsync<string>(others, (object)falsified.Keys.ToArray());
        Assert.Equal("settlements_and_balances_equal_payments settlements_equal_payments", await AssertionsAsync("failed"));

        var mended = await PostAsync("/api/settlements/recompute", 200);
        Assert.Equal(3, mended.GetProperty("recomputed").GetInt32());
        foreach (var (settlement, net) in falsified)
        {
            Assert.Equal(("PENDING", net), (await ScalarAsync<string>("select status from public.settlements where settlement_id = $1", settlement), await ScalarAsync<decimal>("select net_amount from public.settlements where settlement_id = $1", settlement)));
        }

        Assert.Equal(untouched, await ScalarAsync<string>(others, (object)falsified.Keys.ToArray()));
        Assert.Equal("", await AssertionsAsync("failed"));
        await AssertExactAsync();
        Assert.Equal(0, (await PostAsync("/api/settlements/recompute", 200)).GetProperty("recomputed").GetInt32());
    }

    [Fact]
    public async Task A_wrong_settlement_is_mended_before_it_is_paid()
    {
        await ScalarAsync<object>("update public.settlements set status = 'PENDING', settlement_date = null, total_amount = total_amount + 5, net_amount = net_amount + 5 where status = 'COMPLETED'");
        await PostAsync("/api/etl/run", 200);
        await AssertExactAsync();
        Assert.NotEqual(0, await ScalarAsync<long>("select count(*) from public.settlements where status = 'COMPLETED'"));
    }

    [Fact]
    public async Task A_failed_job_is_parked_with_its_error_until_one_call_runs_it_again()
    {
        var failed = await PostAsync("/api/simulations/failed-job", 200);
        var (runId, error) = (failed.GetProperty("run_id").GetInt64(), failed.GetProperty("error").GetString()!);
        Assert.Equal("failed", failed.GetProperty("status").GetString());
        Assert.StartsWith("Simulated: ", error, StringComparison.Ordinal);
        var listed = (await _api.GetAsync("/api/etl/runs?status=failed&kind=simulation"))[0];
        Assert.Equal((runId, error, 1), (listed.GetProperty("run_id").GetInt64(), listed.GetProperty("error").GetString(), listed.GetProperty("attempt").GetInt32()));
        Assert.Contains(_worker.Log, line => line.StartsWith($"Error: Run {runId} (simulation) failed in attempt 1", StringComparison.Ordinal));

        var call = Assert.Single(failed.GetProperty("recovery").EnumerateArray()).GetString()!;
        Assert.Equal($"POST /api/etl/runs/{runId}/retry", call);
        var again = await PostAsync($"{call["POST ".Length..]}?wait=true", 200);
        Assert.Equal(("succeeded", 2), (again.GetProperty("status").GetString(), again.GetProperty("attempt").GetInt32()));
        Assert.Equal(
            "1 settle succeeded, 1 simulate failed, 2 settle succeeded, 2 simulate succeeded",
            string.Join(", ", again.GetProperty("steps").EnumerateArray().Select(step => $"{step.GetProperty("attempt")} {step.GetProperty("stage")} {step.GetProperty("status")}")));
    }

    [Fact]
    public async Task A_slow_query_is_listed_and_logged_without_its_values_and_one_call_cancels_it()
    {
        // A worker's own long statement is no alarm.
        await using var expected = _worker.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select pg_sleep(3)");
        var proof = expected.ExecuteNonQueryAsync();

        await using var bi = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(platform.Database.ConnectionStringFor("bi_reader_pii")) { Pooling = false, ApplicationName = "A BI tool", CommandTimeout = 0 });
        await using var question = bi.CreateCommand("select count(*),  pg_sleep(1200.5)\nfrom public.vw_customer_insights where customer_name <> 'Ada Secret'");
        var asked = Assert.ThrowsAsync<PostgresException>(() => question.ExecuteNonQueryAsync());
        var run = await PostAsync("/api/simulations/slow-query", 202);

        await Eventually.EqualAsync(
            "bi_reader_pii (A BI tool): select count(*), pg_sleep(?) from public.vw_customer_insights where customer_name <> …; payments_worker (Payments.Simulation): select merchants from pipeline.simulate_slow_report($1)",
            SlowAsync);
        await proof;
        Assert.Equal(2, (await _api.GetAsync("/api/slow-queries")).GetArrayLength());
        foreach (var slow in (await _api.GetAsync("/api/slow-queries?state=running")).EnumerateArray())
        {
            var id = slow.GetProperty("slow_query_id").GetInt64();
            Assert.Contains(_worker.Log, line => line.StartsWith($"Warning: Slow query {id} of {slow.GetProperty("role_name")} ", StringComparison.Ordinal) && !line.Contains("Secret", StringComparison.Ordinal));
            var asking = await PostAsync($"/api/slow-queries/{id}/cancel", 202);
            Assert.Equal("local", asking.GetProperty("cancel_requested_by").GetString());
            await Eventually.EqualAsync("cancelled", async () => (await _api.GetAsync($"/api/slow-queries/{id}")).GetProperty("state").GetString());
            Assert.Equal($"Slow query {id} is cancelled; there is nothing to cancel.", (await PostAsync($"/api/slow-queries/{id}/cancel", 409)).GetProperty("detail").GetString());
        }

        Assert.Equal(PostgresErrorCodes.QueryCanceled, (await asked).SqlState);
        await Eventually.EqualAsync("succeeded", async () => (await RunAsync(run)).GetProperty("status").GetString());
        Assert.True((await RunAsync(run)).GetProperty("result").GetProperty("harmed").GetProperty("cancelled").GetBoolean());
        Assert.Equal("There is no slow query 999999.", (await PostAsync("/api/slow-queries/999999/cancel", 404)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task The_list_tells_each_issues_command_and_another_name_is_told_which_there_are()
    {
        var issues = (await _api.GetAsync("/api/simulations")).EnumerateArray().Select(issue => issue.GetProperty("command").GetString());
        Assert.Equal(["missing-data", "incorrect-settlements", "failed-job", "slow-query"], issues.Select(command => command!["POST /api/simulations/".Length..]));
        Assert.Equal(
            "There is no such issue; the issues are missing-data, incorrect-settlements, failed-job, slow-query.",
            (await PostAsync("/api/simulations/earthquake", 404)).GetProperty("detail").GetString());
    }

    private async Task<JsonElement> PostAsync(string path, int status, object? body = null)
    {
        var answer = await _api.PostAsync(path, body);
        Assert.True(status == answer.Status, $"{path} answered {answer.Status}: {answer.Body}");
        return answer.Body;
    }

    private Task<JsonElement> RunAsync(JsonElement simulation) => _api.GetAsync($"/api/etl/runs/{simulation.GetProperty("run_id")}");

    /// <summary>The assertions that are found to be so, evaluated anew.</summary>
    private async Task<string> AssertionsAsync(string status)
    {
        var runId = (await PostAsync("/api/assertions/run", 202)).GetProperty("run_id").GetInt64();
        await _worker.Services.GetRequiredService<RunQueue>().WaitAsync(runId, TimeSpan.FromSeconds(30));
        return string.Join(' ', (await _api.GetAsync($"/api/assertions?status={status}")).EnumerateArray().Select(found => found.GetProperty("assertion").GetString()));
    }

    private async Task<string> SlowAsync() => string.Join("; ", (await _api.GetAsync("/api/slow-queries?state=running")).EnumerateArray()
        .Select(slow => $"{slow.GetProperty("role_name")} ({slow.GetProperty("application_name")}): {slow.GetProperty("statement")}").Order(StringComparer.Ordinal));

    private async Task AssertExactAsync() => Assert.Equal(
        "",
        await ScalarAsync<string>("select coalesce((select string_agg(d::text, '; ') from pipeline.find_rollup_differences() as d), '') || coalesce((select string_agg(d::text, '; ') from pipeline.check_settlements() as d), '')"));

    private async Task<T> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var command = platform.Database.DataSource.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return (T)(await command.ExecuteScalarAsync())!;
    }
}

/// <summary>An API and a worker with sample data, as the AppHost starts them in development.</summary>
public sealed class SimulatedPlatform : IAsyncLifetime
{
    internal TestDatabase Database { get; } = new();

    internal SpawnedApi Api { get; private set; } = null!;

    internal WorkerHost Worker { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Database.InitializeAsync();
        var folder = WorkerHost.NewFolder();
        Api = await SpawnedApi.StartAsync(Database, folder, ("Simulations__Enabled", "true"));
        Worker = await WorkerHost.StartAsync(
            Database,
            builder =>
            {
                builder.AddRunPickUp();
                builder.AddSlowQueryWatch();
            },
            new()
            {
                ["ConnectionStrings:payments"] = Database.ConnectionStringFor("payments_worker"),
                ["Generate:Enabled"] = "true",
                ["Generate:Customers"] = "20",
                ["Generate:Merchants"] = "5",
                ["Generate:Payments"] = "400",
                ["Generate:Days"] = "20",
                ["Simulations:Enabled"] = "true",
                ["Simulations:SlowQueryFor"] = "00:30:00",
                ["SlowQueries:After"] = "00:00:00.500",
                ["SlowQueries:Every"] = "00:00:00.100",
            },
            folder);
        Assert.Equal(200, (await Api.PostAsync("/api/etl/run")).Status);
    }

    public async Task DisposeAsync()
    {
        await Worker.DisposeAsync();
        await Api.DisposeAsync();
        await Database.DisposeAsync();
    }
}
