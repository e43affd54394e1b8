using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Payments.Api.Tests;

/// <summary>Reconciliation over the API: runs, matches, differences, proposals, accounts.</summary>
public sealed class ReconciliationTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Root = "/api/reconciliation";

    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    [Fact]
    public async Task A_run_is_asked_for_joined_and_shown_with_what_it_found()
    {
        // What other facts have asked for.
        await _store.ExecuteAsync("update ops.runs set status = 'succeeded', finished_at = now() where kind = 'reconciliation' and status = 'queued'");
        using var first = await PostAsync("/runs", new { dry_run = true, level = "bank", from = "2026-01-01", to = "2026-01-31" });
        var runId = await _store.QueuedRunAsync("reconciliation");
        Assert.Equal((HttpStatusCode.Accepted, $"/api/etl/runs/{runId}"), (first.StatusCode, first.Headers.Location?.OriginalString));
        using var same = await PostAsync("/runs", new { dry_run = true, level = "bank", from = "2026-01-01", to = "2026-01-31" });
        Assert.Equal($"/api/etl/runs/{runId}", same.Headers.Location?.OriginalString);
        using var other = await PostAsync("/runs", new { });
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);

        await _store.ExecuteAsync(
            """
            insert into reconciliation.runs (run_id, is_dry_run, level, from_day, to_day, as_of, newest_line, newest_bank_line, lines_expected, lines_done, started_at)
            values (@runId, true, 'bank', '2026-01-01', '2026-01-31', '2026-02-01', 5, 6, 10, 4, '2026-02-01Z');
            insert into reconciliation.run_figures (run_id, level, outcome, class, currency, item_count, expected_amount, actual_amount)
            values (@runId, 'bank', 'matched', 'reference', 'JPY', 2, 300, 300), (@runId, 'bank', 'difference', 'missing', 'USD', 1, 10.5, 0)
            """,
            new { runId });
        await _store.FinishRunAsync(runId, "succeeded");
        var run = await JsonAsync($"/runs/{runId}");
        Assert.Equal("succeeded True bank 2026-01-01 10 4", Line(run.GetProperty("run"), "status", "dry_run", "level", "from_day", "lines_expected", "lines_done"));
        Assert.Equal(
            ["bank difference missing USD 1 10.50 0.00", "bank matched reference JPY 2 300 300"],
            run.GetProperty("figures").EnumerateArray().Select(figure =>
                string.Join(' ', figure.EnumerateObject().Select(member => member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : member.Value.GetRawText()))));
        Assert.Equal(run.GetProperty("run").GetRawText(), (await JsonAsync("/runs?limit=1000")).EnumerateArray().Single(row => row.GetProperty("run_id").GetInt64() == runId).GetRawText());
    }

    [Theory]
    [InlineData("""{"level":"card"}""", "level")]
    [InlineData("""{"from":"2026-02-01","to":"2026-01-31"}""", "to")]
    [InlineData("""{"from":"1999-12-31"}""", "from")]
    public async Task What_is_wrong_with_an_order_is_named(string body, string parameter) => await AssertNamedAsync("/runs", body, parameter);

    [Theory]
    [InlineData("""{"level":"bank","expected":["payout:stripe:x"],"actual":["bank:1"]}""", "note")]
    [InlineData("""{"level":"bank","expected":["line:1"],"actual":["bank:1"],"note":"x"}""", "expected")]
    [InlineData("""{"level":"bank","expected":["payout:stripe:x"],"actual":[],"note":"x"}""", "actual")]
    [InlineData("""{"level":"bank","expected":["payout:stripe:nobody"],"actual":["bank:99999"],"note":"x"}""", "items")]
    public async Task What_is_wrong_with_a_match_is_named(string body, string parameter) => await AssertNamedAsync("/matches", body, parameter);

    [Fact]
    public async Task A_match_by_hand_stands_keeps_its_difference_and_can_be_taken_back()
    {
        var bank = await MoneyAsync("hand", 100m, 99.5m);
        var order = new { level = "bank", expected = new[] { "payout:stripe:po_hand" }, actual = new[] { $"bank:{bank}" }, note = "says the bank" };

        using var made = await PostAsync("/matches", order);
        Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        var match = await made.Content.ReadFromJsonAsync<JsonElement>();
        var id = match.GetProperty("match").GetProperty("match_id").GetInt64();
        Assert.Equal("bank manual USD 100.00 99.50 True says the bank", Line(match.GetProperty("match"), "level", "method", "currency", "expected_amount", "actual_amount", "is_standing", "note"));
        Assert.Equal(
            ["expected payout stripe:po_hand 100.00", $"actual bank {bank} 99.50"],
            match.GetProperty("items").EnumerateArray().Select(item => Line(item, "side", "item_kind", "item_key", "amount")));
        Assert.Equal(match.GetRawText(), (await JsonAsync($"/matches/{id}")).GetRawText());
        Assert.Equal([id], (await JsonAsync("/matches?level=bank&item=payout:stripe:po_hand&standing=true")).EnumerateArray().Select(row => row.GetProperty("match_id").GetInt64()));
        using var twice = await PostAsync("/matches", order);
        Assert.Equal(HttpStatusCode.Conflict, twice.StatusCode);

        var difference = Assert.Single((await JsonAsync("/differences?level=bank&class=unknown&status=open&currency=USD")).EnumerateArray(), row => row.GetProperty("actual_key").GetString() == bank);
        Assert.Equal("amount 100.00 99.50 -0.50 stripe:po_hand", Line(difference, "aspect", "expected_amount", "actual_amount", "difference_amount", "expected_key"));
        var found = difference.GetProperty("difference_id").GetInt64();
        using var resolved = await PostAsync($"/differences/{found}/resolve", new { note = "charges of the bank" });
        Assert.Equal("resolved charges of the bank", Line(await resolved.Content.ReadFromJsonAsync<JsonElement>(), "status", "note"));
        using var again = await PostAsync($"/differences/{found}/resolve", new { note = "once more" });
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        using var reopened = await PostAsync($"/differences/{found}/reopen", new { note = "no, they were not" });
        Assert.Equal("open no, they were not", Line(await reopened.Content.ReadFromJsonAsync<JsonElement>(), "status", "note"));
        Assert.Contains((await JsonAsync("/differences/summary")).EnumerateArray(), row => Line(row, "level", "class", "currency") == "bank unknown USD");

        using var undone = await PostAsync($"/matches/{id}/undo", new { note = "wrong line" });
        Assert.Equal("False wrong line", Line((await undone.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("match"), "is_standing", "undone_note"));
        using var undoneTwice = await PostAsync($"/matches/{id}/undo", new { note = "wrong line" });
        Assert.Equal(HttpStatusCode.Conflict, undoneTwice.StatusCode);
        Assert.Equal("closed", (await JsonAsync($"/differences/{found}")).GetProperty("status").GetString());
        Assert.Equal(
            "matched resolved reopened unmatched",
            await _store.ScalarAsync<string>(
                "select string_agg(action, ' ' order by change_id) from ops.changes where subject = 'reconciliation_match' and subject_key = @match or subject = 'reconciliation_difference' and subject_key = @difference",
                new { match = $"{id}", difference = $"{found}" }));
    }

    [Fact]
    public async Task A_proposal_is_accepted_or_rejected_once()
    {
        var ids = new List<long>();
        foreach (var name in (string[])["yes", "no"])
        {
            var bank = await MoneyAsync(name, 50m, 50m);
            ids.Add(await _store.ScalarAsync<long>(
                """
                with made as (
                    insert into reconciliation.proposals (level, score, method, processor, account, currency, expected_amount, actual_amount, fingerprint, created_at)
                    values ('bank', 60, 'amount', 'bank', 'X', 'USD', 50, 50, pipeline.match_fingerprint('bank', array[@payout, @bank]), now()) returning proposal_id
                ), items as (
                    insert into reconciliation.proposal_items (proposal_id, item_kind, item_key, is_actual, amount, currency)
                    select proposal_id, split_part(item, ':', 1), substr(item, strpos(item, ':') + 1), item like 'bank:%', 50, 'USD' from made, unnest(array[@payout, @bank]) as item
                )
                select proposal_id from made
                """,
                new { payout = $"payout:stripe:po_{name}", bank = $"bank:{bank}" }));
        }

        Assert.Equal(ids, (await JsonAsync("/proposals?level=bank&status=open")).EnumerateArray().Select(row => row.GetProperty("proposal_id").GetInt64()));
        using var accepted = await PostAsync($"/proposals/{ids[0]}/accept", new { note = "yes" });
        Assert.Equal("accepted", (await accepted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("match").GetProperty("method").GetString());
        using var rejected = await PostAsync($"/proposals/{ids[1]}/reject", new { note = "no" });
        Assert.Equal("rejected no", Line(await rejected.Content.ReadFromJsonAsync<JsonElement>(), "status", "note"));
        using var late = await PostAsync($"/proposals/{ids[1]}/accept", new { note = "yes after all" });
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Equal("accepted", (await JsonAsync($"/proposals/{ids[0]}")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task An_account_is_said_to_be_somebodys()
    {
        await _store.ExecuteAsync("insert into public.merchants (merchant_id, merchant_name) values ('OWNER', 'OWNER')");
        using var saved = await _api.Client.PutAsJsonAsync($"{Root}/accounts", new { processor = "adyen", account = "Shop", merchant_id = "OWNER", payout_days = 9 });
        Assert.Equal("adyen Shop OWNER True 3 9", Line(await saved.Content.ReadFromJsonAsync<JsonElement>(), "processor", "account", "merchant_id", "compares_fees", "payment_days", "payout_days"));
        Assert.Contains((await JsonAsync("/accounts")).EnumerateArray(), row => Line(row, "account", "merchant_id") == "Shop OWNER");
        using var nobody = await _api.Client.PutAsJsonAsync($"{Root}/accounts", new { processor = "adyen", account = "Shop", merchant_id = "NOBODY" });
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
        using var wrong = new HttpRequestMessage(HttpMethod.Put, $"{Root}/accounts") { Content = new StringContent("""{"processor":"adyen","account":"Shop","payout_days":99}""", null, "application/json") };
        Assert.Contains("payout_days", (await _api.ProblemAsync(wrong, 400)).GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Theory]
    [InlineData("/runs/4711")]
    [InlineData("/matches/4711")]
    [InlineData("/differences/4711")]
    [InlineData("/proposals/4711")]
    public async Task What_nobody_knows_is_a_404(string path) => await _api.ProblemAsync(Root + path, 404);

    /// <summary>A payout and the bank line that may be it; the line's id.</summary>
    private Task<string> MoneyAsync(string name, decimal payout, decimal banked) => _store.ScalarAsync<string>(
        """
        with statement as (
            insert into reconciliation.bank_statements (
                account_iban, account_currency, statement_reference, sequence, page, opening_balance, closing_balance, line_count, content_hash, import_id, batch_id, line_number
            ) values (@name, 'USD', 'S', 1, 1, 0, 0, 1, gen_random_uuid(), 1, 1, 1) returning statement_id
        ), payout as (
            insert into reconciliation.payouts (processor, payout_key, account, amount, currency, status, arrival_date, is_stated, has_object, import_id, batch_id, line_number)
            values ('stripe', 'po_' || @name, 'acct', @payout, 'USD', 'paid', '2026-01-10', true, true, 1, 1, 1)
        )
        insert into reconciliation.bank_lines (
            statement_id, entry_number, detail_number, amount, currency, booking_date, value_date, is_reversal, status, import_id, batch_id, line_number
        ) select statement_id, 1, 0, @banked, 'USD', '2026-01-11', '2026-01-11', false, 'BOOK', 1, 1, 1 from statement
        returning bank_line_id::text
        """,
        new { name, payout, banked });

    private async Task AssertNamedAsync(string path, string body, string parameter)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Root + path) { Content = new StringContent(body, null, "application/json") };
        Assert.Contains(parameter, (await _api.ProblemAsync(request, 400)).GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    private Task<HttpResponseMessage> PostAsync(string path, object body) => _api.Client.PostAsJsonAsync(Root + path, body);

    private async Task<JsonElement> JsonAsync(string path) => JsonElement.Parse(await _api.GetAsync(Root + path));

    private static string Line(JsonElement row, params string[] members) => string.Join(' ', members.Select(member => row.GetProperty(member).ToString()));
}
