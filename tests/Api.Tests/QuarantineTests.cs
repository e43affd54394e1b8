using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Payments.Api.Tests;

public sealed class QuarantineTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Header = "payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\n";

    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    [Fact]
    public async Task Refused_records_are_replayed_when_what_they_lacked_has_come()
    {
        await _store.ImportAsync("customers", "customer_id\nQC1\n");
        await _store.ImportAsync("merchants", "merchant_id\nQM1\n");
        // Records 2 and 4 lack their customers, record 3 is wrong by itself.
        var origin = await ImportAsync(Header + Payment("QP1", "QC1") + Payment("QP2", "QC2") + Payment("QP3", "QC1", "nothing") + Payment("QP4", "QC4"));
        Assert.Equal("read 4, accepted 1, duplicates 0, rejected 3: open 3, replayed 0, dismissed 0", await AccountAsync(origin));
        Assert.Equal("2:customer_id.unknown/open 3:amount.format/open 4:customer_id.unknown/open", await ListAsync($"import_id={origin}"));

        await _store.ImportAsync("customers", "customer_id\nQC2\n");
        var (answer, replay) = await ReplayAsync(new { import_id = origin, reason = "customer_id.unknown", note = "QC2 has come" });
        Assert.Equal($$"""{"status":"accepted","records":2,"replays":[{"import_id":{{replay.ImportId}},"run_id":{{replay.RunId}},"replays_import_id":{{origin}},"records":2,"is_new":true,"account":null}]}""", answer);

        // Asked again while it is under way, by whomever: the same replay. And what is under way is not dismissed.
        Assert.Equal(answer.Replace("true", "false", StringComparison.Ordinal), (await ReplayAsync(new { import_id = origin, records = new[] { 2, 4 } })).Answer);
        Assert.Equal("""{"dismissed":0,"under_way":1}""", await PostAsync("dismiss", new { import_id = origin, records = new[] { 2 }, note = "no" }));

        await _store.DoImportAsync(replay.RunId, replay.ImportId);
        Assert.Equal("read 2, accepted 1, duplicates 0, rejected 1: open 0, replayed 0, dismissed 0", await AccountAsync(replay.ImportId));
        Assert.Equal("read 4, accepted 1, duplicates 0, rejected 3: open 2, replayed 1, dismissed 0", await AccountAsync(origin));
        Assert.Equal("2:customer_id.unknown/replayed 3:amount.format/open 4:customer_id.unknown/open", await ListAsync($"import_id={origin}"));
        Assert.Equal("", await ListAsync($"import_id={replay.ImportId}"));
        Assert.Equal(3, await _store.ScalarAsync<long>("select line_number from public.payments where payment_id = 'QP2'"));
        var refusedAgain = JsonElement.Parse(await _api.GetAsync($"/api/imports/{replay.ImportId}/rejected"))[0];
        Assert.Equal((4, 5), (refusedAgain.GetProperty("record_number").GetInt64(), refusedAgain.GetProperty("line_number").GetInt64()));

        // Lineage leads from the payment to the replay and from there to the import that refused it first.
        var lineage = JsonElement.Parse(await _api.GetAsync("/api/lineage/payments/QP2"));
        Assert.Equal((replay.ImportId, origin, 3), (lineage.GetProperty("import_id").GetInt64(), lineage.GetProperty("replays_import_id").GetInt64(), lineage.GetProperty("line_number").GetInt64()));

        // The rest is dismissed; nothing is left to be replayed, and asking does nothing.
        Assert.Equal("""{"dismissed":2,"under_way":0}""", await PostAsync("dismiss", new { import_id = origin, note = "test payments" }));
        Assert.Equal("read 4, accepted 1, duplicates 0, rejected 3: open 0, replayed 1, dismissed 2", await AccountAsync(origin));
        Assert.Equal("""{"status":"completed","records":0,"replays":[]}""", (await ReplayAsync(new { import_id = origin }, HttpStatusCode.OK)).Answer);
        var record = JsonElement.Parse(await _api.GetAsync($"/api/quarantine/{origin}/4"));
        Assert.Equal(
            ("dismissed", "local", "test payments", replay.ImportId, 5, "completed"),
            (record.GetProperty("status").GetString(), record.GetProperty("handled_by").GetString(), record.GetProperty("note").GetString(),
                record.GetProperty("replay_import_id").GetInt64(), record.GetProperty("line_number").GetInt64(), record.GetProperty("replay_status").GetString()));
        Assert.Equal("QP4,QC4,QM1,5.00,USD,WALLET,SUCCESS,2025-02-03T10:00:00Z", record.GetProperty("raw_record").GetString());
    }

    [Fact]
    public async Task Of_many_replays_of_a_record_at_once_one_is_made()
    {
        var origin = await ImportAsync("customer_id,credit_score\nQX1,9000\n", "customers");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ReplayAsync(new { import_id = origin })));
        Assert.Single(answers, answer => answer.Answer.Contains("\"is_new\":true", StringComparison.Ordinal));
        Assert.Single(answers.Select(answer => answer.Replay.ImportId).Distinct());
        Assert.Equal(1, await _store.ScalarAsync<long>("select count(*) from ops.imports where replays_import_id = @origin", new { origin }));

        // A replay that failed for good is no longer under way: the record can be asked for again, and is still one.
        var failed = answers[0].Replay;
        await _store.FinishRunAsync(failed.RunId, "failed", error: "the spool has no such file");
        await _store.ExecuteAsync("update ops.imports set status = 'failed', finished_at = now() where import_id = @ImportId", failed);
        var (_, next) = await ReplayAsync(new { import_id = origin });
        Assert.NotEqual(failed.ImportId, next.ImportId);
        await _store.DoImportAsync(next.RunId, next.ImportId);
        Assert.Equal("1:credit_score.out_of_range/open", await ListAsync($"import_id={origin}"));
    }

    [Fact]
    public async Task A_replay_goes_on_behind_its_last_whole_batch()
    {
        using var store = new Store(fixture.Owner, _api.Storage, ("Import:BatchRecords", "2"));
        var wrong = string.Concat(Enumerable.Range(1, 9).Select(n => $"QR{n},{(n % 2 == 0 ? 700 : 9000)}\n"));
        var origin = await ImportAsync("customer_id,credit_score\n" + wrong, "customers", store);
        Assert.Equal("read 9, accepted 4, duplicates 0, rejected 5: open 5, replayed 0, dismissed 0", await AccountAsync(origin));

        var (_, replay) = await ReplayAsync(new { import_id = origin });
        await _store.ExecuteAsync("""
            create function public.crash() returns trigger language plpgsql as $$ begin raise exception 'crash'; end $$;
            create trigger crash before update on ops.imports for each row when (new.next_record > 7) execute function public.crash();
            """);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => store.DoImportAsync(replay.RunId, replay.ImportId));
        Assert.Equal(4, await _store.ScalarAsync<long>("select records_read from ops.imports where import_id = @ImportId", replay));
        await _store.ExecuteAsync("drop trigger crash on ops.imports");
        await store.DoImportAsync(replay.RunId, replay.ImportId, attempt: 2);
        Assert.Equal("read 5, accepted 0, duplicates 0, rejected 5: open 0, replayed 0, dismissed 0", await AccountAsync(replay.ImportId));
        Assert.Equal("1 3 5 7 9", string.Join(' ', JsonElement.Parse(await _api.GetAsync($"/api/imports/{replay.ImportId}/rejected")).EnumerateArray().Select(row => row.GetProperty("record_number"))));
    }

    [Fact]
    public async Task The_list_is_filtered_paged_and_safe_in_a_spreadsheet()
    {
        var origin = await ImportAsync("customer_id,credit_score\n=1+1,9000\nQL2,700\nQL3,text\n", "customers");
        Assert.Equal("1:customer_id.format,credit_score.out_of_range/open", await ListAsync($"import_id={origin}&reason=credit_score.out_of_range"));
        Assert.Equal("", await ListAsync($"import_id={origin}&status=dismissed"));
        Assert.Equal("", await ListAsync($"import_id={origin}&profile=payments"));
        Assert.Equal("", await ListAsync($"import_id={origin}&to=2020-01-01"));
        Assert.StartsWith("1:", await ListAsync($"import_id={origin}&from=2020-01-01&limit=1"), StringComparison.Ordinal);
        Assert.Equal(
            $"{origin},1,2,\"test.csv\",customers,open,\"customer_id.format credit_score.out_of_range\",\"'=1+1,9000\",false",
            (await _api.GetAsync($"/api/quarantine?import_id={origin}&format=csv")).Split("\r\n")[1].Split(",20")[0]);

        using var first = await _api.Client.GetAsync($"/api/quarantine?import_id={origin}&limit=1");
        var next = first.Headers.GetValues("Link").Single().Split('>')[0][1..];
        Assert.Equal(3, JsonElement.Parse(await _api.GetAsync(next))[0].GetProperty("record_number").GetInt64());

        var summary = JsonElement.Parse(await _api.GetAsync("/api/quarantine/summary")).EnumerateArray()
            .Single(row => row.GetProperty("reason").GetString() == "credit_score.format");
        Assert.Equal(("customers", 1, 1), (summary.GetProperty("profile").GetString(), summary.GetProperty("open_records").GetInt64(), summary.GetProperty("imports").GetInt64()));
    }

    [Theory]
    [InlineData("replay", "{}", "import_id", "import_id or reason is required: they tell which records are meant.")]
    [InlineData("replay", """{"reason":"row.quote","records":[1]}""", "import_id", "import_id is required with records: numbers are those of one file.")]
    [InlineData("replay", """{"import_id":1,"records":[]}""", "records", "records is empty: leave it out to mean all records of the import.")]
    [InlineData("replay", """{"import_id":1,"mode":"upsert"}""", "mode", "mode must be insert or update.")]
    [InlineData("replay", """{"import_id":1,"Rows":[1]}""", "body", "The body's member $.Rows is unknown here, or of another type than this call takes; /docs shows it.")]
    [InlineData("replay", """{"import_id":"one"}""", "body", "The body's member $.import_id is unknown here, or of another type than this call takes; /docs shows it.")]
    [InlineData("replay", "no JSON", "body", "The body is not the JSON that this call takes; /docs shows it.")]
    [InlineData("dismiss", """{"import_id":1}""", "note", "note is required: it says why the records are dismissed.")]
    [InlineData("dismiss", """{"import_id":1,"note":" "}""", "note", "note is required: it says why the records are dismissed.")]
    public async Task A_call_that_says_too_little_or_something_else_is_told_so(string call, string body, string parameter, string complaint)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/quarantine/{call}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        var problem = await _api.ProblemAsync(request, 400);
        Assert.Contains(complaint, problem.GetProperty("errors").GetProperty(parameter)[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_was_not_refused_is_a_404() =>
        Assert.Equal("There is no record 5 among those that import 999999 refused.", (await _api.ProblemAsync("/api/quarantine/999999/5", 404)).GetProperty("detail").GetString());

    private static string Payment(string id, string customer, string amount = "5.00") => $"{id},{customer},QM1,{amount},USD,WALLET,SUCCESS,2025-02-03T10:00:00Z\n";

    private Task<long> ImportAsync(string csv, string profile = "payments", Store? store = null) => (store ?? _store).ImportAsync(profile, csv);

    private async Task<string> AccountAsync(long importId)
    {
        var account = JsonElement.Parse(await _api.GetAsync($"/api/imports/{importId}"));
        long Of(string name) => account.GetProperty(name).GetInt64();
        return $"read {Of("read")}, accepted {Of("accepted")}, duplicates {Of("duplicates")}, rejected {Of("rejected")}: open {Of("rejected_open")}, replayed {Of("rejected_replayed")}, dismissed {Of("rejected_dismissed")}";
    }

    private async Task<string> ListAsync(string query) => string.Join(' ', JsonElement.Parse(await _api.GetAsync($"/api/quarantine?{query}")).EnumerateArray().Select(row =>
        $"{row.GetProperty("record_number")}:{string.Join(',', row.GetProperty("reasons").EnumerateArray())}/{row.GetProperty("status")}"));

    private async Task<(string Answer, ReplayTicket Replay)> ReplayAsync(object body, HttpStatusCode status = HttpStatusCode.Accepted)
    {
        var answer = await PostAsync("replay", body, status);
        var replays = JsonElement.Parse(answer).GetProperty("replays");
        return (answer, replays.GetArrayLength() == 0 ? new(0, 0) : new(replays[0].GetProperty("import_id").GetInt64(), replays[0].GetProperty("run_id").GetInt64()));
    }

    private async Task<string> PostAsync(string call, object body, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var response = await _api.Client.PostAsJsonAsync($"/api/quarantine/{call}", body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, text);
        return text;
    }

    private sealed record ReplayTicket(long ImportId, long RunId);
}
