using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Payments.Api.Tests;

public sealed class EtlTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Counts =
        """{"records_loaded":{"customers":500,"merchants":50,"payments":5000,"settlements":2711},"records_added":{"customers":1,"merchants":2,"payments":3,"settlements":4}}""";

    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    [Fact]
    public async Task A_run_answers_what_was_loaded_and_what_was_new_and_calls_at_once_are_one_run()
    {
        var first = _api.Client.PostAsync("/api/etl/run", null);
        var second = _api.Client.PostAsync("/api/etl/run", null);
        var runId = await _store.QueuedRunAsync("etl");
        await Task.Delay(200);
        await _store.FinishRunAsync(runId, "succeeded", Counts);

        var expected =
            $$$"""{"status":"success","message":"ETL pipeline completed successfully","records_loaded":{"customers":500,"merchants":50,"payments":5000,"settlements":2711},"records_added":{"customers":1,"merchants":2,"payments":3,"settlements":4},"run_id":{{{runId}}}}""";
        foreach (var call in (Task<HttpResponseMessage>[])[first, second])
        {
            using var response = await call;
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(expected, await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task A_run_carries_the_callers_trace_to_the_worker()
    {
        using var caller = new Activity("a caller").Start();
        var call = _api.Client.PostAsync("/api/etl/run", null);
        var runId = await _store.QueuedRunAsync("etl");
        var parent = await _store.ScalarAsync<string>($"select trace_parent from ops.runs where run_id = {runId}");
        await _store.FinishRunAsync(runId, "succeeded", Counts);
        using var response = await call;
        Assert.StartsWith($"00-{caller.TraceId}-", parent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_run_is_a_problem_that_says_where_to_look()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/etl/run");
        var call = _api.ProblemAsync(request, 500);
        var runId = await _store.QueuedRunAsync("etl");
        await _store.FinishRunAsync(runId, "failed", error: "column \"secret\" does not exist at Npgsql.Internal");
        var problem = await call;
        Assert.Equal(runId, problem.GetProperty("run_id").GetInt64());
        Assert.Equal($"Run {runId} failed; GET /api/etl/runs/{runId} shows its steps and the error.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Initialising_answers_as_the_contract_says()
    {
        var call = _api.Client.PostAsync("/api/etl/initialize", null);
        await _store.FinishRunAsync(await _store.QueuedRunAsync("initialize"), "succeeded");
        using var response = await call;
        Assert.Equal("""{"status":"success","message":"Database initialized successfully"}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Initialising_an_old_schema_without_the_owner_names_the_command()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/etl/initialize");
        var call = _api.ProblemAsync(request, 409);
        await _store.FinishRunAsync(await _store.QueuedRunAsync("initialize"), "failed", error: "The schema is not at this version, and the worker has no owner's connection (ConnectionStrings:payments-owner). Run the migrator: dotnet run --project Database");
        Assert.Contains("dotnet run --project Database", (await call).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_shows_its_steps_and_assertions()
    {
        var runId = await _store.ScalarAsync<long>(
            """
            insert into ops.runs (kind, request_key, requested_by, status, attempt, requested_at, started_at, finished_at, worker, result)
            values ('sla_check', 'steps', 'schedule', 'succeeded', 1, '2026-01-31 06:00Z', '2026-01-31 06:00:00.04Z', '2026-01-31 06:00:02.14Z', 'w', '{"breaches": 3}')
            returning run_id
            """);
        await _store.ExecuteAsync(
            """
            insert into ops.run_steps (run_id, attempt, step_number, stage, status, rows_in, rows_out, started_at, finished_at, duration_ms, error)
            values (@runId, 1, 2, 'score', 'failed', 5, 0, '2026-01-31 06:00:01Z', '2026-01-31 06:00:02Z', 990, 'no'),
                (@runId, 1, 1, 'import', 'succeeded', 0, 5, '2026-01-31 06:00:00Z', '2026-01-31 06:00:01Z', 1000, null);
            insert into ops.assertion_results (run_id, assertion, severity, status, observed, expected, detail, checked_at)
            values (@runId, 'fresh_payments', 'warning', 'warned', '2026-01-01', 'from 2026-01-30', 'old', '2026-01-31 06:00:02Z'),
                (@runId, 'unique_payments', 'error', 'failed', '1', '0', 'P7', '2026-01-31 06:00:02Z')
            """,
            new { runId });

        Assert.Equal(
            $$"""
            {"run_id":{{runId}},"kind":"sla_check","status":"succeeded","requested_by":"schedule","attempt":1,"requested_at":"2026-01-31T06:00:00Z","started_at":"2026-01-31T06:00:00.04Z","finished_at":"2026-01-31T06:00:02.14Z","duration_ms":2100,"result":{"breaches":3},"error":null,"steps":[
            {"attempt":1,"step_number":1,"stage":"import","status":"succeeded","rows_in":0,"rows_out":5,"started_at":"2026-01-31T06:00:00Z","finished_at":"2026-01-31T06:00:01Z","duration_ms":1000,"error":null},
            {"attempt":1,"step_number":2,"stage":"score","status":"failed","rows_in":5,"rows_out":0,"started_at":"2026-01-31T06:00:01Z","finished_at":"2026-01-31T06:00:02Z","duration_ms":990,"error":"no"}],"assertions_failed":1,"assertions":[
            {"assertion":"fresh_payments","severity":"warning","status":"warned","observed":"2026-01-01","expected":"from 2026-01-30","detail":"old","description":"The newest payment is of today or yesterday (UTC).","run_id":{{runId}},"checked_at":"2026-01-31T06:00:02Z"},
            {"assertion":"unique_payments","severity":"error","status":"failed","observed":"1","expected":"0","detail":"P7","description":"Each payment of the run holds the key of its id, so that no id is there twice.","run_id":{{runId}},"checked_at":"2026-01-31T06:00:02Z"}],"imports":[]}
            """.ReplaceLineEndings(""),
            Compact(await _api.GetAsync($"/api/etl/runs/{runId}")));
    }

    [Fact]
    public async Task Runs_are_listed_newest_first_by_kind_and_status()
    {
        await _store.ExecuteAsync(
            """
            insert into ops.runs (kind, request_key, requested_by, status, finished_at)
            select 'remove_generated', 'list:' || n, 'command', case n % 2 when 0 then 'failed' else 'succeeded' end, now()
            from generate_series(1, 5) as n
            """);
        var failed = await RunsAsync("/api/etl/runs?kind=remove_generated&status=failed");
        Assert.Equal(2, failed.Length);
        Assert.All(failed, run => Assert.Equal("failed", run.GetProperty("status").GetString()));

        var ids = (await RunsAsync("/api/etl/runs?kind=remove_generated")).Select(run => run.GetProperty("run_id").GetInt64()).ToArray();
        Assert.Equal(5, ids.Length);
        Assert.Equal(ids.OrderDescending(), ids);
        Assert.Equal(ids[..2], (await RunsAsync("/api/etl/runs?kind=remove_generated&limit=2")).Select(run => run.GetProperty("run_id").GetInt64()));
    }

    [Fact]
    public async Task An_unknown_run_is_a_404()
    {
        var problem = await _api.ProblemAsync("/api/etl/runs/999999", 404);
        Assert.Equal("There is no run 999999.", problem.GetProperty("detail").GetString());
    }

    private async Task<JsonElement[]> RunsAsync(string path) => (await _api.Client.GetFromJsonAsync<JsonElement[]>(path))!;

    // jsonb has blanks of its own.
    private static string Compact(string json) => JsonSerializer.Serialize(JsonElement.Parse(json));

    [Fact]
    public async Task A_failed_import_is_run_again_behind_its_last_whole_batch_and_nothing_else_is()
    {
        using var store = new Store(fixture.Owner, _api.Storage, ("Import:BatchRecords", "2"));
        using var accepted = await _api.Client.PostAsync("/api/imports?profile=customers", new StringContent("customer_id\nRT1\nRT2\nRT3\n", System.Text.Encoding.UTF8, "text/csv"));
        var ticket = await accepted.Content.ReadFromJsonAsync<JsonElement>();
        var (importId, runId) = (ticket.GetProperty("import_id").GetInt64(), ticket.GetProperty("run_id").GetInt64());
        var retry = $"/api/etl/runs/{runId}/retry";
        Assert.Equal($"Run {runId} is queued; only a failed run can be retried.", await RefusalAsync(retry, 409));

        await _store.ExecuteAsync("""
            create function public.broken() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$;
            create trigger broken before update on ops.imports for each row when (new.next_record > 2) execute function public.broken();
            """);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => store.DoImportAsync(runId, importId));
        await _store.ExecuteAsync("select pipeline.finish_run(@runId, 1, null, 'broken'); drop trigger broken on ops.imports", new { runId });
        var failed = JsonElement.Parse(await _api.GetAsync("/api/etl/runs?status=failed&kind=import"))[0];
        Assert.Equal((runId, "broken"), (failed.GetProperty("run_id").GetInt64(), failed.GetProperty("error").GetString()));

        var call = _api.Client.PostAsync(retry + "?wait=true", null);
        Assert.Equal(runId, await _store.QueuedRunAsync("import", runId - 1));
        Assert.Equal("queued", JsonElement.Parse(await _api.GetAsync($"/api/imports/{importId}")).GetProperty("status").GetString());
        await store.DoImportAsync(runId, importId, attempt: 2);
        using var answer = await call;
        var run = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(("succeeded", 2), (run.GetProperty("status").GetString(), run.GetProperty("attempt").GetInt32()));
        Assert.Equal("1 1", string.Join(' ', run.GetProperty("steps").EnumerateArray().Where(step => step.GetProperty("attempt").GetInt32() == 2 && step.GetProperty("stage").GetString() is "import" or "load").Select(step => step.GetProperty("rows_in")).TakeLast(2)));
        var account = JsonElement.Parse(await _api.GetAsync($"/api/imports/{importId}"));
        Assert.Equal(("completed", 3, 3), (account.GetProperty("status").GetString(), account.GetProperty("read").GetInt64(), account.GetProperty("accepted").GetInt64()));

        Assert.Equal($"Run {runId} is succeeded; only a failed run can be retried.", await RefusalAsync(retry, 409));
        Assert.Equal("There is no run 999999.", await RefusalAsync("/api/etl/runs/999999/retry", 404));
    }

    [Fact]
    public async Task A_failed_run_is_not_retried_beside_another_of_its_kind()
    {
        var old = await _store.ScalarAsync<long>("insert into ops.runs (kind, request_key, requested_by, status, finished_at) values ('sla_check', 'old', 'command', 'failed', now()) returning run_id");
        var active = await _store.ScalarAsync<long>("insert into ops.runs (kind, request_key, requested_by) values ('sla_check', 'new', 'command') returning run_id");
        Assert.Equal($"Run {active} of the same kind is active; run {old} can be retried when it has ended.", await RefusalAsync($"/api/etl/runs/{old}/retry", 409));
        await _store.FinishRunAsync(active, "succeeded");
        using var answer = await _api.Client.PostAsync($"/api/etl/runs/{old}/retry", null);
        Assert.Equal($"/api/etl/runs/{old}", answer.Headers.Location?.OriginalString);
        await _store.FinishRunAsync(old, "succeeded");
    }

    private async Task<string?> RefusalAsync(string path, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        return (await _api.ProblemAsync(request, status)).GetProperty("detail").GetString();
    }
}
