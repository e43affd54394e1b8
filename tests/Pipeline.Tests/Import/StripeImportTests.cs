using System.Text.Json.Nodes;
using Payments.Pipeline.Import;
using Payments.Testing;

namespace Payments.Pipeline.Tests.Import;

/// <summary>Stripe's objects become payments and customers, or are refused loudly.</summary>
public sealed class StripeImportTests
{
    private const string PaymentSql = """
        select concat_ws(' ', payment_id, customer_id, merchant_id, amount, currency, coalesce(payment_method, '-'), payment_status,
            to_char(transaction_date at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS'), failure_reason)
        from public.payments order by payment_id
        """;

    private static readonly (string, string) Key = ("Cards:HashKey", "a key for tests only");

    [SkippableTheory]
    [InlineData("charge", "stripe_charges", "ch_1PgafuB7WZ01zgkWXYmPNZs8 guest_AOB934RVNwzk6xtn obj_123 1.000 USD CREDIT_CARD PENDING 2009-02-13T23:31:30")]
    [InlineData("customer", "stripe_customers", "cus_QXg1o8vcGmoR32 2009-02-13 2009-02-13 23:31:30")]
    public async Task An_object_as_stripe_publishes_it_is_taken_as_it_is(string type, string profile, string expected)
    {
        var file = await File.ReadAllBytesAsync(SharedData.Require("stripe", $"{type}.json"));
        await using var lab = await ImportLab.OpenAsync(Key);

        foreach (var (wanted, counts) in new (string?, (long, long, long, long))[] { (null, (1, 1, 0, 0)), ("stripe", (1, 0, 1, 0)), (profile, (1, 0, 1, 0)) })
        {
            var report = await lab.ImportAsync(wanted, file, $"{type}.json");
            Assert.Equal((null, profile, counts), (report.Detail, report.Profile, report.Counts));
            Assert.Equal(["stripe.test_mode"], report.Warnings);
        }

        var stored = type == "charge" ? PaymentSql : "select concat_ws(' ', customer_id, registration_date, created_at at time zone 'UTC') from public.customers";
        Assert.Equal(expected, Assert.Single(await lab.QueryAsync<string>(stored)));
        await lab.AssertRollupsAreExactAsync();
    }

    [Fact]
    public async Task A_page_of_charges_keeps_each_currency_exact_and_each_status_apart()
    {
        await using var lab = await ImportLab.OpenAsync(Key);
        var report = await lab.ImportAsync(null, Page(hasMore: true,
            Charge("ch_jpy", c => (c["currency"], c["amount"]) = ("jpy", 500)),
            Charge("ch_kwd", c => (c["currency"], c["amount"]) = ("kwd", 5120)),
            Charge("ch_isk", c => (c["currency"], c["amount"]) = ("isk", 500)),
            Charge("ch_mga", c => (c["currency"], c["amount"]) = ("mga", 7)),
            Charge("ch_part", c => (c["captured"], c["amount_captured"]) = (true, 1234)),
            Charge("ch_auth", c => (c["captured"], c["amount_captured"]) = (false, 0)),
            Charge("ch_void", c => (c["captured"], c["refunded"], c["amount_captured"]) = (false, true, 0)),
            Charge("ch_back", c => c["refunded"] = true),
            Charge("ch_fail", c => (c["status"], c["captured"], c["failure_code"], c["failure_message"]) = ("failed", false, "card_declined", "Your card was declined.")),
            Charge("ch_code", c => (c["status"], c["failure_code"]) = ("failed", "card_declined")),
            Charge("ch_wait", c => (c["status"], c["payment_method_details"]) = ("pending", Method("us_bank_account"))),
            Charge("ch_obj", c => (c["customer"], c["transfer_data"]) = (new JsonObject { ["id"] = "cus_2", ["object"] = "customer" }, new JsonObject { ["destination"] = "acct_9" })),
            Charge("ch_guest", c => (c["customer"], c["payment_method_details"]) = (null, null)),
            Charge("ch_debit", c => c["payment_method_details"]!["card"]!["funding"] = "prepaid"),
            Charge("ch_klarna", c => (c["on_behalf_of"], c["payment_method_details"]) = ("acct_7", Method("klarna")))));

        Assert.Equal((null, "stripe_charges", (15, 15, 0, 0)), (report.Detail, report.Profile, report.Counts));
        Assert.Equal(["file.not_last_page"], report.Warnings);
        Assert.Equal(
            [
                "ch_auth cus_1 stripe 20.000 USD CREDIT_CARD PENDING 2026-01-02T03:04:05",
                "ch_back cus_1 stripe 20.000 USD CREDIT_CARD REFUNDED 2026-01-02T03:04:05",
                "ch_code cus_1 stripe 20.000 USD CREDIT_CARD FAILED 2026-01-02T03:04:05 card_declined",
                "ch_debit cus_1 stripe 20.000 USD DEBIT_CARD SUCCESS 2026-01-02T03:04:05",
                "ch_fail cus_1 stripe 20.000 USD CREDIT_CARD FAILED 2026-01-02T03:04:05 Your card was declined.",
                "ch_guest guest_ch_guest stripe 20.000 USD - SUCCESS 2026-01-02T03:04:05",
                "ch_isk cus_1 stripe 5.000 ISK CREDIT_CARD SUCCESS 2026-01-02T03:04:05",
                "ch_jpy cus_1 stripe 500.000 JPY CREDIT_CARD SUCCESS 2026-01-02T03:04:05",
                "ch_klarna cus_1 acct_7 20.000 USD WALLET SUCCESS 2026-01-02T03:04:05",
                "ch_kwd cus_1 stripe 5.120 KWD CREDIT_CARD SUCCESS 2026-01-02T03:04:05",
                "ch_mga cus_1 stripe 7.000 MGA CREDIT_CARD SUCCESS 2026-01-02T03:04:05",
                "ch_obj cus_2 acct_9 20.000 USD CREDIT_CARD SUCCESS 2026-01-02T03:04:05",
                "ch_part cus_1 stripe 12.340 USD CREDIT_CARD SUCCESS 2026-01-02T03:04:05",
                "ch_void cus_1 stripe 20.000 USD CREDIT_CARD REFUNDED 2026-01-02T03:04:05",
                "ch_wait cus_1 stripe 20.000 USD BANK_TRANSFER PENDING 2026-01-02T03:04:05",
            ],
            await lab.QueryAsync<string>(PaymentSql));
        await lab.AssertExactAsync();
    }

    [Fact]
    public async Task What_is_not_known_or_not_exact_fails_its_row_alone()
    {
        (string Reasons, Action<JsonObject> Change)[] charges =
        [
            ("object.unknown", c => c["object"] = "refund"),
            ("object.missing", c => c.Remove("object")),
            ("status.unknown", c => c["status"] = "succeded"),
            ("status.missing", c => c["status"] = null),
            ("currency.unknown", c => c["currency"] = "USD"),
            ("currency.unknown", c => c["currency"] = "xxz"),
            ("payment_method.unknown", c => c["payment_method_details"]!["type"] = "giro2"),
            ("payment_method.unknown", c => c["payment_method_details"]!["card"]!["funding"] = "charge"),
            ("is_fraud.unknown", c => c["fraud_details"] = new JsonObject { ["user_report"] = "maybe" }),
            ("amount.negative", c => c["amount"] = -2000),
            ("amount.format", c => c["amount"] = 20.5),
            ("amount.format", c => c["amount"] = "2e3"),
            ("amount.too_large", c => c["amount"] = 1_000_000_000_000_000L),
            ("amount.precision", c => (c["currency"], c["amount"]) = ("isk", 501)),
            ("payment_date.future", c => c["created"] = 9_999_999_999L),
            ("row.nesting", c => c["status"] = new JsonObject()),
            ("row.nesting", c => c["payment_method_details"] = "card"),
        ];
        await using var lab = await ImportLab.OpenAsync(Key);
        var objects = charges.Select((charge, i) => Charge($"ch_{i}", charge.Change)).Append(Charge("ch_good", _ => { })).ToArray();
        var report = await lab.ImportAsync("stripe_charges", Page(hasMore: false, objects));

        Assert.Equal((charges.Length + 1, 1, 0, charges.Length), report.Counts);
        Assert.Equal(
            charges.Select(charge => charge.Reasons),
            report.Refused.Select(row => row.Reasons[0]));
        Assert.Equal("row.nesting status.missing", report.ReasonsOf(16));
    }

    [Fact]
    public async Task A_charge_moves_along_its_lifecycle_and_its_labels_are_known_when_they_are_imported()
    {
        await using var lab = await ImportLab.OpenAsync(Key);
        var held = Charge("ch_1", c => (c["captured"], c["amount_captured"]) = (false, 0));
        var paid = Charge("ch_1", c => c["fraud_details"] = new JsonObject { ["user_report"] = "safe" });
        var back = Charge("ch_1", c => (c["refunded"], c["fraud_details"]) = (true, new JsonObject { ["stripe_report"] = "fraudulent" }));

        Assert.Equal((1, 1, 0, 0), (await lab.ImportAsync(null, held.ToJsonString())).Counts);
        Assert.Equal("payment_id.conflict", (await lab.ImportAsync(null, paid.ToJsonString())).ReasonsOf(1));
        Assert.Empty(await lab.QueryAsync<string>("select payment_id from risk.labels"));

        Assert.Equal((1, 1, 0, 0), (await lab.ImportAsync(null, paid.ToJsonString(), ImportMode.Update)).Counts);
        const string Labels = "select concat_ws(' ', payment_id, source, is_fraud, known_at > now() - interval '5 minutes') from risk.labels";
        Assert.Equal("ch_1 stripe f t", Assert.Single(await lab.QueryAsync<string>(Labels)));
        Assert.Equal((1, 0, 1, 0), (await lab.ImportAsync(null, paid.ToJsonString(), ImportMode.Update)).Counts);

        Assert.Equal((1, 1, 0, 0), (await lab.ImportAsync(null, back.ToJsonString(), ImportMode.Update)).Counts);
        Assert.Equal("ch_1 stripe t t", Assert.Single(await lab.QueryAsync<string>(Labels)));
        Assert.Equal(["SUCCESS", "REFUNDED"], await lab.QueryAsync<string>("select new_status from ops.payment_history order by moved_at"));
        await lab.AssertExactAsync();
    }

    [Fact]
    public async Task Customers_are_upserted_by_what_their_objects_say()
    {
        await using var lab = await ImportLab.OpenAsync();
        await lab.ImportAsync(null, """{"object":"list","data":[{"object":"customer","id":"cus_1","name":"Jenny Rosen","email":"j@example.com","address":{"country":"IE"},"created":1700000000}]}""");
        var report = await lab.ImportAsync("stripe", """[{"object":"customer","id":"cus_1","deleted":true},{"object":"customer","id":"cus_1","phone":"+353 1","livemode":true}]""");

        Assert.Equal((2, 1, 1, 0), report.Counts);
        Assert.Equal("Jenny Rosen j@example.com +353 1 IE 2023-11-14", Assert.Single(await lab.QueryAsync<string>(
            "select concat_ws(' ', customer_name, email, phone, country, registration_date) from public.customers")));
    }

    private static JsonObject Method(string type) => new() { ["type"] = type, [type] = new JsonObject() };

    private static JsonObject Charge(string id, Action<JsonObject> change)
    {
        var charge = JsonNode.Parse("""
            {"object":"charge","amount":2000,"captured":true,"created":1767323045,"currency":"usd","customer":"cus_1",
             "failure_code":null,"failure_message":null,"fraud_details":{},"livemode":true,"refunded":false,"status":"succeeded",
             "payment_method_details":{"type":"card","card":{"funding":"credit","fingerprint":"FpFpFpFp00000001","last4":"4242"}}}
            """)!.AsObject();
        charge["id"] = id;
        change(charge);
        charge["amount_captured"] ??= charge["amount"]!.DeepClone();
        return charge;
    }

    private static string Page(bool hasMore, params JsonObject[] objects) =>
        new JsonObject { ["data"] = new JsonArray([.. objects]), ["has_more"] = hasMore, ["object"] = "list", ["url"] = "/v1/charges" }.ToJsonString();
}
