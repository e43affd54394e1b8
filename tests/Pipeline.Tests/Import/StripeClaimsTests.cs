using System.Text.Json.Nodes;
using Payments.Pipeline.Import;
using Payments.Testing;

namespace Payments.Pipeline.Tests.Import;

/// <summary>Stripe's refunds and disputes are claims on its charges, or are refused loudly.</summary>
public sealed class StripeClaimsTests
{
    private const string Refunds = "select concat_ws(' ', refund_id, payment_id, amount, currency, refund_status, reason, to_char(refund_date at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')) from public.refunds order by refund_id";
    private const string Disputes = "select concat_ws(' ', dispute_id, payment_id, amount, currency, dispute_status, reason, to_char(dispute_date at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')) from public.disputes order by dispute_id";

    [SkippableFact]
    public async Task Objects_as_stripe_publishes_them_are_taken_as_they_are()
    {
        await using var lab = await ImportLab.OpenAsync();
        foreach (var (type, profile) in new[] { ("charge", "stripe_charges"), ("refund", "stripe_refunds"), ("dispute", "stripe_disputes") })
        {
            var file = await File.ReadAllBytesAsync(SharedData.Require("stripe", $"{type}.json"));
            var first = await lab.ImportAsync(null, file, $"{type}.json");
            Assert.Equal((null, profile, (1, 1, 0, 0)), (first.Detail, first.Profile, first.Counts));
            if (type != "charge") Assert.Equal((1, 0, 1, 0), (await lab.ImportAsync("stripe", file, $"{type}.json")).Counts);
        }

        // Authorised, and released: no settlement has seen it. The dispute of ten times its amount is an inquiry.
        Assert.Equal(["re_1Pgc72B7WZ01zgkWqPvrRrPE ch_1PgafuB7WZ01zgkWXYmPNZs8 1.000 USD succeeded 2009-02-13 23:31:30"], await lab.QueryAsync<string>(Refunds));
        Assert.Equal(["dp_1Pgc71B7WZ01zgkWMevJiAUx ch_1PgafuB7WZ01zgkWXYmPNZs8 10.000 USD warning_needs_response general 2009-02-13 23:31:30"], await lab.QueryAsync<string>(Disputes));
        Assert.Equal(["PENDING REFUNDED"], await lab.QueryAsync<string>("select concat_ws(' ', previous_status, new_status) from ops.payment_history"));
        await lab.AssertExactAsync();
    }

    [Fact]
    public async Task A_page_keeps_each_currency_exact_and_takes_the_charge_by_id_or_as_an_object()
    {
        await using var lab = await OpenAsync();
        var report = await lab.ImportAsync("stripe", Page(
            Refund("re_1", "ch_usd", 250, "usd"), Refund("re_2", "ch_jpy", 250, "jpy"), Refund("re_3", "ch_kwd", 1250, "kwd"),
            Refund("re_4", "ch_usd", 1, "usd", refund => (refund["charge"], refund["reason"]) = (new JsonObject { ["id"] = "ch_usd", ["object"] = "charge" }, "requested_by_customer"))));

        Assert.Equal((null, "stripe_refunds", (4, 4, 0, 0)), (report.Detail, report.Profile, report.Counts));
        Assert.Equal(
            [
                "re_1 ch_usd 2.500 USD succeeded 2026-01-03 03:04:05", "re_2 ch_jpy 250.000 JPY succeeded 2026-01-03 03:04:05",
                "re_3 ch_kwd 1.250 KWD succeeded 2026-01-03 03:04:05", "re_4 ch_usd 0.010 USD succeeded requested_by_customer 2026-01-03 03:04:05",
            ],
            await lab.QueryAsync<string>(Refunds));
        await lab.AssertExactAsync();
    }

    [Fact]
    public async Task What_is_not_known_or_not_exact_fails_its_row_alone()
    {
        await using var lab = await OpenAsync();
        var refunds = await lab.ImportAsync("stripe_refunds", Page(
            Refund("re_0", "ch_usd", 1, "usd", refund => refund["status"] = "reversed"), Refund("re_1", "ch_usd", 1, "usd", refund => refund["reason"] = "because"),
            Refund("re_2", "ch_usd", 1, "usd", refund => refund["charge"] = null), Refund("re_3", "ch_none", 1, "usd"), Refund("re_4", "ch_usd", 1, "jpy"),
            Refund("re_5", "ch_usd", 0, "usd"), Refund("re_6", "ch_usd", 100_001, "usd"), Refund("re_7", "ch_usd", 1, "usd", refund => refund["created"] = 1),
            Refund("re_8", "ch_usd", -5, "usd"), Refund("re_9", "ch_usd", 1, "usd")));
        Assert.Equal(
            [
                "status.unknown", "reason.unknown", "payment_id.missing", "payment_id.unknown", "currency.mismatch", "amount.not_positive",
                "amount.exceeds_payment", "refund_date.too_old", "amount.not_positive",
            ],
            refunds.Refused.Select(row => row.Reasons[0]));

        var dispute = Refund("dp_1", "ch_usd", 200_000, "usd", claim => (claim["object"], claim["status"], claim["reason"]) = ("dispute", "needs_response", "fraudulent"));
        Assert.Equal((1, 1, 0, 0), (await lab.ImportAsync(null, dispute.ToJsonString())).Counts);
        dispute["status"] = "charge_refunded";
        Assert.Equal("status.unknown", (await lab.ImportAsync(null, dispute.ToJsonString(), ImportMode.Update)).ReasonsOf(1));
        Assert.Equal(["ch_usd true 2026-01-03 03:04:05"], await lab.QueryAsync<string>(
            "select concat_ws(' ', payment_id, is_fraud::text, to_char(known_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')) from risk.labels where source = 'dispute'"));
        dispute["status"] = "lost";
        Assert.Equal((1, 1, 0, 0), (await lab.ImportAsync(null, dispute.ToJsonString(), ImportMode.Update)).Counts);
        Assert.Equal(["dp_1 ch_usd 2000.000 USD lost fraudulent 2026-01-03 03:04:05"], await lab.QueryAsync<string>(Disputes));
        await lab.AssertExactAsync();
    }

    private static async Task<ImportLab> OpenAsync()
    {
        var lab = await ImportLab.OpenAsync();
        await lab.AddReferencesAsync();
        await lab.ImportAsync("payments", ImportLab.PaymentsHeader + string.Concat(new[] { "USD", "JPY", "KWD" }.Select(currency =>
            $"ch_{currency.ToLowerInvariant()},CUST00001,MERCH0001,1000,{currency},CREDIT_CARD,SUCCESS,2026-01-02\n")));
        return lab;
    }

    private static JsonObject Refund(string id, string charge, long amount, string currency, Action<JsonObject>? change = null)
    {
        var refund = JsonNode.Parse("""{"object":"refund","created":1767409445,"metadata":{},"payment_intent":null,"reason":null,"status":"succeeded"}""")!.AsObject();
        (refund["id"], refund["charge"], refund["amount"], refund["currency"]) = (id, charge, amount, currency);
        change?.Invoke(refund);
        return refund;
    }

    private static string Page(params JsonObject[] objects) =>
        new JsonObject { ["data"] = new JsonArray([.. objects]), ["has_more"] = false, ["object"] = "list", ["url"] = "/v1/refunds" }.ToJsonString();
}
