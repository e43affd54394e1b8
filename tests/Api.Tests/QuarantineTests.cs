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
    public async Task A_record_is_corrected_value_by_value_until_it_is_taken_and_its_lineage_says_so()
    {
        await _store.ImportAsync("customers", "customer_id\nKC1\n");
        await _store.ImportAsync("merchants", "merchant_id\nQM1\n");
        var origin = await ImportAsync(Header + Payment("KP1", "KC1") + Payment("KP2", "KC1", "1.234", "EURO") + "\"KP3,broken\n");
        var (number, call) = (2, $"{origin}/2/correct");
        Assert.Equal("2:amount.precision,currency.unknown/open 3:row.quote/open", await ListAsync($"import_id={origin}"));

        Assert.Equal(
            "values has colour, price, which the profile payments does not know; its columns are payment_id, customer_id, merchant_id, amount, currency, payment_method, status, payment_date.",
            await RefusalAsync(call, new { values = new { colour = "red", amount = 1, price = 2 } }, 400));
        Assert.Equal("values is required: what each column should have said.", await RefusalAsync(call, new { note = "?" }, 400));
        Assert.Equal("values has no single value for amount.", await RefusalAsync(call, new { values = new { amount = new[] { 1 } } }, 400));
        Assert.Equal("There is no record 1 among those that import " + origin + " refused.", await RefusalAsync($"{origin}/1/correct", new { values = new { amount = 1 } }, 404));

        var first = await CorrectAsync(call, new { values = new { amount = "1.23" }, note = "by phone" });
        Assert.StartsWith($"Record {number} cannot be corrected now: import {first.ImportId} is reading it again", await RefusalAsync(call, new { values = new { amount = 1 } }, 409), StringComparison.Ordinal);
        await _store.DoImportAsync(first.RunId, first.ImportId);
        Assert.Equal("2:currency.unknown/open 3:row.quote/open", await ListAsync($"import_id={origin}"));

        // The amount stays corrected. A record that was broken as a whole is what is given of it.
        var second = await CorrectAsync(call, new { values = new { CURRENCY = "EUR" } });
        await _store.DoImportAsync(second.RunId, second.ImportId);
        var whole = await CorrectAsync($"{origin}/3/correct", new { values = new { payment_id = "KP3", customer_id = "KC1", merchant_id = "QM1", amount = 3, currency = "USD", payment_method = "WALLET", status = "SUCCESS" } });
        await _store.DoImportAsync(whole.RunId, whole.ImportId);
        Assert.Equal("2:currency.unknown/replayed 3:payment_date.missing/open".Replace("currency.unknown", "amount.precision,currency.unknown", StringComparison.Ordinal), await ListAsync($"import_id={origin}"));
        Assert.Equal("1.230 EUR", await _store.ScalarAsync<string>("select concat_ws(' ', amount, currency) from public.payments where payment_id = 'KP2'"));

        var lineage = JsonElement.Parse(await _api.GetAsync("/api/lineage/payments/KP2"));
        Assert.Equal(
            (second.ImportId, origin, 3, """{"amount":"1.23","currency":"EUR"}"""),
            (lineage.GetProperty("import_id").GetInt64(), lineage.GetProperty("replays_import_id").GetInt64(), lineage.GetProperty("line_number").GetInt64(), lineage.GetProperty("corrections").GetRawText()));
        Assert.Equal("Record 2 cannot be corrected now: it is replayed.", await RefusalAsync(call, new { values = new { amount = 2 } }, 409));
        Assert.Equal("read 3, accepted 1, duplicates 0, rejected 2: open 1, replayed 1, dismissed 0", await AccountAsync(origin));
    }

    [Fact]
    public async Task Many_records_are_corrected_by_one_file()
    {
        var origin = await ImportAsync("customer_id,country,credit_score\nMC1,Austria,9000\nMC2,Austria,700\nMC3,Austria,text\nMC4,Austria,9000\n", "customers");
        async Task<HttpResponseMessage> SendAsync(string csv) =>
            await _api.Client.PostAsync($"/api/quarantine/correct?import_id={origin}&note=by+file", new StringContent(csv, Encoding.UTF8, "text/csv"));
        async Task<string?> ComplaintAsync(string csv)
        {
            using var refused = await SendAsync(csv);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            return (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").GetProperty("file")[0].GetString();
        }

        Assert.Equal("file has no column record_number with others beside it.", await ComplaintAsync("credit_score\n700\n"));
        Assert.StartsWith("file has colour, which the profile customers does not know; its columns are customer_id, ", await ComplaintAsync("record_number,colour\n1,red\n"), StringComparison.Ordinal);
        Assert.Equal("file is wrong: line 3 corrects record 1, as a line before does.", await ComplaintAsync("record_number,credit_score\n1,700\n1,701\n"));
        Assert.Equal("file is wrong: line 2 has no record_number.", await ComplaintAsync("record_number,credit_score\n-1,700\n"));
        Assert.Equal("file corrects no record.", await ComplaintAsync("record_number,credit_score\n"));

        // Record 2 was not refused, record 99 is none: they are passed over.
        using var accepted = await SendAsync("record_number,credit_score,country\n1,710,\n2,1,\n3,730,Belgium\n99,1,\n");
        var replay = (await accepted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("replays")[0];
        Assert.Equal(2, replay.GetProperty("records").GetInt64());
        await _store.DoImportAsync(replay.GetProperty("run_id").GetInt64(), replay.GetProperty("import_id").GetInt64());
        Assert.Equal("MC1 710, MC2 700 Austria, MC3 730 Belgium", await _store.ScalarAsync<string>(
            "select string_agg(concat_ws(' ', customer_id, credit_score, country), ', ' order by customer_id) from public.customers where customer_id like 'MC_'"));
        Assert.Equal("1:credit_score.out_of_range/replayed 3:credit_score.format/replayed 4:credit_score.out_of_range/open", await ListAsync($"import_id={origin}"));
        Assert.Equal("by file", JsonElement.Parse(await _api.GetAsync($"/api/quarantine/{origin}/3")).GetProperty("note").GetString());
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

    private static string Payment(string id, string customer, string amount = "5.00", string currency = "USD") => $"{id},{customer},QM1,{amount},{currency},WALLET,SUCCESS,2025-02-03T10:00:00Z\n";

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

    private async Task<ReplayTicket> CorrectAsync(string call, object body)
    {
        var replay = JsonElement.Parse(await PostAsync(call, body, HttpStatusCode.Accepted)).GetProperty("replays")[0];
        return new(replay.GetProperty("import_id").GetInt64(), replay.GetProperty("run_id").GetInt64());
    }

    private async Task<string?> RefusalAsync(string call, object body, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/quarantine/{call}") { Content = JsonContent.Create(body) };
        return (await _api.ProblemAsync(request, status)).GetProperty("detail").GetString();
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
