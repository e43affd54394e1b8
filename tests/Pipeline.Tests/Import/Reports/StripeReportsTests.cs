using System.Text.Json.Nodes;
using Payments.Pipeline.Import.Profiles;
using Payments.Testing;

namespace Payments.Pipeline.Tests.Import.Reports;

/// <summary>Stripe's payout reconciliation report, balance transactions and payouts: exact, known once, and refused loudly.</summary>
public sealed class StripeReportsTests
{
    private const string Header =
        "automatic_payout_id,automatic_payout_effective_at_utc,automatic_payout_effective_at,balance_transaction_id,created_utc,created,available_on_utc,available_on,currency,gross,fee,net,"
        + "reporting_category,source_id,description,customer_facing_amount,customer_facing_currency,charge_id,payment_intent_id,customer_id,payment_method_type,card_brand\n";

    private static string Line(string id, string category, string gross, string fee, string net, string payout = "po_1", string source = "", string charge = "", string currency = "usd", string facing = ",") =>
        $"{payout},2024-03-06 00:00:00,2024-03-05 19:00:00,{id},2024-03-01 10:11:12,2024-03-01 05:11:12,2024-03-04 00:00:00,2024-03-03 19:00:00,{currency},{gross},{fee},{net},"
        + $"{category},{source},\"Order, 7\",{facing},{charge},pi_1,cus_1,card,Visa\n";

    [Fact]
    public async Task A_report_is_taken_in_major_units_with_its_payout_which_is_no_sale()
    {
        await using var lab = await ImportLab.OpenAsync();
        var file = Header
            + Line("txn_1", "charge", "100.00", "3.20", "96.80", source: "ch_1", charge: "ch_1", facing: "90.00,eur")
            + Line("txn_2", "refund", "-10.00", "0.00", "-10.00", source: "re_1", charge: "ch_1", facing: "-10.00,usd")
            + Line("txn_3", "fee", "-0.50", "0.00", "-0.50")
            + Line("txn_4", "payout", "-86.30", "0.00", "-86.30", source: "po_1")
            + Line("txn_5", "charge", "1250", "50", "1200", payout: "", source: "py_9", currency: "jpy");
        var first = await lab.ImportAsync(null, file);

        Assert.Equal((null, "stripe_payout_reconciliation", (5, 5, 0, 0)), (first.Detail, first.Profile, first.Counts));
        Assert.Empty(first.Warnings);
        Assert.Equal(
            [
                "stripe  txn_1 po_1 payment charge ch_1 USD 100.000 3.200 96.800 90.000 EUR 2024-03-01 10:11:12 2024-03-04",
                "stripe  txn_2 po_1 refund refund ch_1 USD -10.000 0.000 -10.000 2024-03-01 10:11:12 2024-03-04",
                "stripe  txn_3 po_1 fee fee - USD -0.500 0.000 -0.500 2024-03-01 10:11:12 2024-03-04",
                "stripe  txn_4 po_1 payout payout - USD -86.300 0.000 -86.300 2024-03-01 10:11:12 2024-03-04",
                "stripe  txn_5 - payment charge py_9 JPY 1250.000 50.000 1200.000 2024-03-01 10:11:12 2024-03-04",
            ],
            await lab.LinesAsync());
        Assert.Equal(["stripe po_1  86.300 USD in_transit 2024-03-06 2024-03-01 10:11:12 stated"], await lab.PayoutsAsync());
        Assert.Equal((5, 0, 5, 0), (await lab.ImportAsync(null, file)).Counts);
        await lab.AssertPayoutsFollowLinesAsync();
    }

    [Theory]
    [InlineData("mystery", "1.00", "0.10", "0.90", "file.category", "Line 3: reporting_category is \"mystery\", which is not known.")]
    [InlineData("charge", "1.00", "0.10", "0.80", "file.net", "Line 3: gross 1.00 less fee 0.10 is 0.90, net is 0.80 (difference -0.10).")]
    [InlineData("payout", "-1.00", "0.00", "-1.00", "file.payout", "Payout po_1: 1 lines add up to 96.80, the payout (line 3) is 1.00 (difference -95.80).")]
    public async Task A_report_that_does_not_hold_is_refused_as_a_whole(string category, string gross, string fee, string net, string code, string detail)
    {
        await using var lab = await ImportLab.OpenAsync();
        var report = await lab.ImportAsync(null, Header + Line("txn_1", "charge", "100.00", "3.20", "96.80") + Line("txn_2", category, gross, fee, net, source: "po_1"));

        Assert.Equal(("rejected", code, detail), (report.Status, report.FileRejected, report.Detail));
        Assert.Empty(await lab.LinesAsync());
    }

    [Fact]
    public async Task A_line_that_cannot_be_read_refuses_its_payout_and_elsewhere_only_itself()
    {
        await using var lab = await ImportLab.OpenAsync();
        var good = Line("txn_1", "charge", "100.00", "3.20", "96.80");
        var bad = Line("txn_2", "charge", "1,00", "0", "1").Replace("1,00", "\"1,00\"", StringComparison.Ordinal);
        var refused = await lab.ImportAsync(null, Header + good + bad + Line("txn_3", "payout", "-97.80", "0", "-97.80", source: "po_1"));
        Assert.Equal(
            ("file.payout", "Payout po_1: 1 lines add up to 96.80, the payout (line 4) is 97.80 (difference 1.00). 1 lines could not be read (line 3: gross.format)."),
            (refused.FileRejected, refused.Detail));

        var taken = await lab.ImportAsync(null, Header + good + bad);
        Assert.Equal((2, 1, 0, 1), taken.Counts);
        Assert.Equal("gross.format", taken.ReasonsOf(2));
        Assert.Equal(["stripe po_1  96.800 USD in_transit 2024-03-06 summed"], await lab.PayoutsAsync());
    }

    [Fact]
    public async Task The_first_word_about_a_line_stays_and_what_it_lacks_is_filled()
    {
        await using var lab = await ImportLab.OpenAsync();
        var json = Transaction("txn_1", 10_000, 320, "usd", "charge", item => item["source"] = "ch_1");
        Assert.Equal((1, 1, 0, 0), (await lab.ImportAsync("stripe", json.ToJsonString())).Counts);
        Assert.Equal(["stripe  txn_1 - payment charge ch_1 USD 100.000 3.200 96.800 2024-03-01 10:11:12 2024-03-04"], await lab.LinesAsync());

        // The report tells the payout besides; then it is known, also in another.
        Assert.Equal((1, 1, 0, 0), (await lab.ImportAsync(null, Header + Line("txn_1", "charge", "100.00", "3.20", "96.80"))).Counts);
        Assert.Equal((1, 0, 1, 0), (await lab.ImportAsync("stripe", json.ToJsonString())).Counts);
        var contradicting = await lab.ImportAsync(null, Header
            + Line("txn_1", "charge", "100.00", "3.21", "96.79") + Line("txn_1", "charge", "100.00", "3.20", "96.80", payout: "po_2")
            + Line("txn_1", "charge", "100.00", "3.20", "96.80", currency: "eur") + Line("txn_9", "charge", "1", "0", "1") + Line("txn_9", "charge", "2", "0", "2"));
        Assert.Equal((5, 1, 0, 4), contradicting.Counts);
        Assert.Equal(["external_id.conflict"], contradicting.Refused.SelectMany(row => row.Reasons).Distinct());
        Assert.Equal(
            [
                "stripe  txn_1 po_1 payment charge ch_1 USD 100.000 3.200 96.800 2024-03-01 10:11:12 2024-03-04",
                "stripe  txn_9 po_1 payment charge - USD 1.000 0.000 1.000 2024-03-01 10:11:12 2024-03-04",
            ],
            await lab.LinesAsync());
        Assert.Equal(["stripe po_1  97.800 USD in_transit 2024-03-06 summed"], await lab.PayoutsAsync());
    }

    [SkippableFact]
    public async Task Objects_as_stripe_publishes_them_are_taken_as_they_are()
    {
        await using var lab = await ImportLab.OpenAsync();
        foreach (var (type, profile) in new[] { ("balance_transaction", "stripe_balance_transactions"), ("payout", "stripe_payouts") })
        {
            var file = await File.ReadAllBytesAsync(SharedData.Require("stripe", $"{type}.json"));
            var first = await lab.ImportAsync(null, file, $"{type}.json");
            Assert.Equal((null, profile, (1, 1, 0, 0)), (first.Detail, first.Profile, first.Counts));
            Assert.Equal((1, 0, 1, 0), (await lab.ImportAsync("stripe", file, $"{type}.json")).Counts);
        }

        Assert.Equal(["stripe  txn_1PgaxNB7WZ01zgkWEV3TLf40 - payment charge ch_1PgafuB7WZ01zgkWXYmPNZs8 USD 1.000 0.000 1.000 2009-02-13 23:31:30 2009-02-13"], await lab.LinesAsync());
        Assert.Equal(["stripe po_1Pgc79B7WZ01zgkWu1KToYf4  11.000 USD in_transit 2009-02-13 2009-02-13 23:31:30 stated"], await lab.PayoutsAsync());
    }

    [SkippableFact]
    public void Every_reporting_category_that_stripe_publishes_is_known()
    {
        var published = JsonNode.Parse(File.ReadAllText(SharedData.Require("stripe", "enums.json")))!["current"]!["balance_transaction.reporting_category"]!.AsArray();
        Assert.All(published, word => Assert.Contains((string)word!, StripeCategories.All.Keys));
    }

    [Fact]
    public async Task Objects_keep_each_currency_exact_in_minor_units()
    {
        await using var lab = await ImportLab.OpenAsync();
        var source = new JsonObject { ["id"] = "re_1", ["object"] = "refund", ["charge"] = "ch_5", ["amount"] = 900, ["currency"] = "eur", ["payment_intent"] = "pi_5" };
        var report = await lab.ImportAsync("stripe", Page(
            Transaction("txn_1", 1000, 36, "jpy", "charge"), Transaction("txn_2", 12_340, 10, "kwd", "charge"),
            Transaction("txn_3", -1000, 0, "usd", "refund", item => (item["source"], item["exchange_rate"]) = (source, JsonNode.Parse("1.111111"))),
            Transaction("txn_4", 1234, 4, "isk", "charge"), Transaction("txn_5", -500, 0, "usd", "payout", item => item["source"] = "po_7")));
        Assert.Equal((5, 4, 0, 1), report.Counts);
        Assert.Equal("net.precision fee.precision gross.precision", report.ReasonsOf(4));
        Assert.Equal(
            [
                "stripe  txn_1 - payment charge - JPY 1000.000 36.000 964.000 2024-03-01 10:11:12 2024-03-04",
                "stripe  txn_2 - payment charge - KWD 12.340 0.010 12.330 2024-03-01 10:11:12 2024-03-04",
                "stripe  txn_3 - refund refund ch_5 USD -10.000 0.000 -10.000 -9.000 EUR 1.1111110000 2024-03-01 10:11:12 2024-03-04",
                "stripe  txn_5 po_7 payout payout - USD -5.000 0.000 -5.000 2024-03-01 10:11:12 2024-03-04",
            ],
            await lab.LinesAsync());

        var unknown = await lab.ImportAsync("stripe", Page(Transaction("txn_8", 1, 0, "usd", "charge"), Transaction("txn_9", 1, 0, "usd", "novelty")));
        Assert.Equal(("file.category", "Line 1: reporting_category is \"novelty\", which is not known."), (unknown.FileRejected, unknown.Detail));
    }

    [Fact]
    public async Task A_payout_moves_forward_only_and_its_amount_is_said_once()
    {
        await using var lab = await ImportLab.OpenAsync();
        foreach (var (status, counts) in new[]
        {
            ("in_transit", (1, 1, 0, 0)), ("pending", (1, 0, 1, 0)), ("paid", (1, 1, 0, 0)), ("in_transit", (1, 0, 1, 0)), ("failed", (1, 1, 0, 0)), ("paid", (1, 0, 1, 0)),
        })
        {
            Assert.Equal(counts, (await lab.ImportAsync("stripe", Payout("po_1", 500, status).ToJsonString())).Counts);
        }

        var other = await lab.ImportAsync("stripe", Page(Payout("po_1", 501, "failed"), Payout("po_2", 1, "reversed"), Payout("po_3", -250, "pending"), Payout("po_3", -250, "paid")));
        Assert.Equal(((4, 2, 0, 2), "payout_key.conflict", "status.unknown"), (other.Counts, other.ReasonsOf(1), other.ReasonsOf(2)));
        Assert.Equal(
            [
                "stripe po_1  5.000 USD failed 2024-03-05 2024-03-01 10:11:12 TRACE1 stated",
                "stripe po_3  -2.500 USD paid 2024-03-05 2024-03-01 10:11:12 TRACE1 stated",
            ],
            await lab.PayoutsAsync());
    }

    [Fact]
    public async Task A_report_of_many_batches_is_the_same_wherever_it_was_cut_off()
    {
        await using var lab = await ImportLab.OpenAsync(("Import:BatchRecords", "3"));
        var lines = string.Concat(Enumerable.Range(1, 20).Select(i => Line($"txn_{i}", "charge", "10.00", "0.50", "9.50", payout: $"po_{i % 3}")));
        var payouts = string.Concat(Enumerable.Range(0, 3).Select(i => Line($"txn_p{i}", "payout", i == 0 ? "-57.00" : "-66.50", "0", i == 0 ? "-57.00" : "-66.50", payout: $"po_{i}", source: $"po_{i}")));
        var ticket = await lab.AcceptAsync(null, System.Text.Encoding.UTF8.GetBytes(Header + lines + payouts));

        // Gives up within each batch in turn, as a killed worker does, and goes on behind the last whole one.
        await lab.ExecuteAsync("""
            create sequence public.calls;
            create function public.fail_at_times() returns trigger language plpgsql as $$
            begin
                if nextval('public.calls') % 2 = 1 then raise exception 'killed'; end if;
                return null;
            end $$;
            grant usage on sequence public.calls to payments_worker;
            create trigger fail_at_times after update of next_record on ops.imports for each row execute function public.fail_at_times();
            """);
        for (var done = false; !done;)
        {
            try
            {
                await lab.RunAsync(ticket, default);
                done = true;
            }
            catch (Npgsql.PostgresException error) when (error.MessageText == "killed")
            {
            }
        }

        var report = await lab.ReportAsync(ticket.ImportId);
        Assert.Equal(("completed", (23, 23, 0, 0)), (report.Status, report.Counts));
        Assert.Equal(23, Assert.Single(await lab.QueryAsync<int>("select count(*)::int from reconciliation.processor_lines")));
        Assert.Equal(["57.000", "66.500", "66.500"], await lab.QueryAsync<string>("select amount::text from reconciliation.payouts order by payout_key"));
        await lab.AssertPayoutsFollowLinesAsync();
    }

    [Fact]
    public async Task What_a_report_has_besides_is_remarked_on_and_what_it_lacks_refuses_it()
    {
        await using var lab = await ImportLab.OpenAsync();
        var extra = await lab.ImportAsync(null, Header.Replace("card_brand", "payment_metadata[x]", StringComparison.Ordinal) + Line("txn_1", "charge", "1", "0", "1").Replace("Visa", new string('x', 900), StringComparison.Ordinal));
        Assert.Equal((1, 1, 0, 0), extra.Counts);
        Assert.Equal(["header.extra_column"], extra.Warnings);

        var lacking = await lab.ImportAsync("stripe_payout_reconciliation", Header.Replace("created_utc", "made", StringComparison.Ordinal) + Line("txn_1", "charge", "1", "0", "1"));
        Assert.Equal(("file.header", "The header lacks created_utc."), (lacking.FileRejected, lacking.Detail));
    }

    private static JsonObject Transaction(string id, long amount, long fee, string currency, string category, Action<JsonObject>? change = null)
    {
        var item = JsonNode.Parse("""{"object":"balance_transaction","created":1709287872,"available_on":1709510400,"status":"available","type":"charge","fee_details":[],"exchange_rate":null}""")!.AsObject();
        (item["id"], item["amount"], item["fee"], item["net"], item["currency"], item["reporting_category"]) = (id, amount, fee, amount - fee, currency, category);
        change?.Invoke(item);
        return item;
    }

    private static JsonObject Payout(string id, long amount, string status)
    {
        var item = JsonNode.Parse("""{"object":"payout","created":1709287872,"arrival_date":1709596800,"currency":"usd","livemode":true,"trace_id":{"status":"supported","value":"TRACE1"}}""")!.AsObject();
        (item["id"], item["amount"], item["status"]) = (id, amount, status);
        return item;
    }

    private static string Page(params JsonObject[] objects) =>
        new JsonObject { ["data"] = new JsonArray([.. objects]), ["has_more"] = false, ["object"] = "list" }.ToJsonString();
}
