using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Payments.Api.Tests;

/// <summary>Settlements, terms, fees and expected dates over the API.</summary>
public sealed class SettlementTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    public async Task InitializeAsync()
    {
        // Every fact of this class reads these rows, so they are made once; facts that write have merchants of their own.
        if (await _store.ScalarAsync<long>("select count(*) from public.payments") > 0) return;

        await _store.ImportAsync("customers", "customer_id\nC1\n");
        await _store.ImportAsync(
            "merchants",
            """
            merchant_id,merchant_name,commission_rate,settles_from
            M1,Books,2,2026-01-01
            M2,"=Toys, Ltd",1.5,2026-01-01
            M3,Late,2,
            T1,Terms,2,2026-01-01
            T2,Terms,2,2026-01-01
            F1,Fees,2,2026-01-01
            F2,Fees,2,2026-01-01
            E1,Dates,2,2026-01-01
            D1,Detail,2,2026-01-01
            D2,Balance,2,2026-01-01
            D3,Moved,2,2026-01-01

            """);
        await _store.ImportAsync(
            "payments",
            """
            payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date
            P1,C1,M1,100,USD,WALLET,SUCCESS,2026-01-10T10:00:00Z
            P2,C1,M1,50.55,USD,CREDIT_CARD,SUCCESS,2026-01-10T11:00:00Z
            P3,C1,M1,70,USD,WALLET,SUCCESS,2026-01-11T10:00:00Z
            P4,C1,M1,5000,JPY,WALLET,SUCCESS,2026-01-10T10:00:00Z
            P5,C1,M2,30,USD,WALLET,SUCCESS,2026-01-12T10:00:00Z
            P6,C1,F1,10,USD,WALLET,SUCCESS,2026-01-10T10:00:00Z
            P7,C1,D1,100,USD,WALLET,SUCCESS,2026-01-10T10:00:00Z
            P8,C1,D1,20.05,USD,CREDIT_CARD,SUCCESS,2026-01-10T11:00:00Z
            P9,C1,D1,3.01,USD,CREDIT_CARD,SUCCESS,2026-01-10T12:00:00Z
            P10,C1,D2,40,USD,WALLET,SUCCESS,2026-01-10T12:00:00Z
            P11,C1,D2,7,USD,WALLET,SUCCESS,2026-01-13T12:00:00Z
            P12,C1,D3,9,USD,WALLET,SUCCESS,2026-01-08T12:00:00Z

            """);
        // Fees and terms before the first settle run.
        await SendAsync(HttpMethod.Post, "/api/merchants/D1/fees", """{"payment_method": "CREDIT_CARD", "currency": "USD", "percent": 1.9, "fixed_amount": 0.1, "minimum_amount": 0.25, "valid_from": "2026-01-01"}""");
        await SendAsync(HttpMethod.Post, "/api/merchants/D1/settlement-terms", """{"valid_from": "2026-01-01", "reserve_percent": 10, "reserve_days": 30}""");
        await SendAsync(HttpMethod.Post, "/api/calendars", """{"calendar": "MOVED", "calendar_name": "Moved"}""");
        await SendAsync(HttpMethod.Post, "/api/merchants/D3/settlement-terms", """{"valid_from": "2026-01-01", "delay_kind": "business", "calendar": "MOVED"}""");
        await _store.ExecuteAsync(
            """
            select pipeline.settle_payments('2026-01-13');
            select pipeline.complete_settlements(array['STL-20260110-USD-M1', 'STL-20260110-USD-F1'], array['2026-01-14', '2026-01-12']::date[]);
            update public.settlements set status = 'FAILED' where settlement_id = 'STL-20260112-USD-M2';
            """);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("", "20260112-USD-M2 20260111-USD-M1 20260110-USD-M1 20260110-JPY-M1")]
    [InlineData("&merchant_id=M1&currency=USD", "20260111-USD-M1 20260110-USD-M1")]
    [InlineData("&status=PENDING", "20260111-USD-M1 20260110-JPY-M1")]
    [InlineData("&status=FAILED", "20260112-USD-M2")]
    [InlineData("&breach=true&status=COMPLETED", "20260110-USD-M1")]
    [InlineData("&breach=false", "")]
    [InlineData("&period_from=2026-01-11", "20260112-USD-M2 20260111-USD-M1")]
    [InlineData("&period_to=2026-01-10", "20260110-USD-M1 20260110-JPY-M1")]
    [InlineData("&period_from=2026-01-11&period_to=2026-01-11", "20260111-USD-M1")]
    [InlineData("&expected_from=2026-01-13&expected_to=2026-01-13", "20260111-USD-M1")]
    [InlineData("&paid_from=2026-01-14&paid_to=2026-01-14", "20260110-USD-M1")]
    [InlineData("&paid_from=2026-01-15", "")]
    public async Task Settlements_are_filtered_newest_period_first(string query, string expected) => Assert.Equal(
        expected,
        string.Join(' ', (await JsonAsync($"/api/settlements?{query.TrimStart('&')}")).EnumerateArray()
            .Select(row => Text(row, "settlement_id")![4..]).Where(id => id.EndsWith("M1", StringComparison.Ordinal) || id.EndsWith("M2", StringComparison.Ordinal))));

    [Fact]
    public async Task A_settlement_says_what_it_is_in_its_currencys_digits()
    {
        var row = Assert.Single((await JsonAsync("/api/settlements?merchant_id=M1&status=COMPLETED")).EnumerateArray());

        Assert.Equal(
            """["STL-20260110-USD-M1","M1","Books","USD","2026-01-10","2026-01-11","COMPLETED","2026-01-12","2026-01-14",2,true,2,150.55,3.01,0.00,0.00,0.00,147.54,null]""",
            "[" + string.Join(',', row.EnumerateObject().SkipLast(2).Select(member => member.Value.GetRawText())) + "]");
        Assert.Equal("5000", Assert.Single((await JsonAsync("/api/settlements?currency=JPY")).EnumerateArray()).GetProperty("total_amount").GetRawText());
    }

    [Fact]
    public async Task Pages_lead_on_and_csv_is_safe_to_open()
    {
        using var page = await _api.Client.GetAsync("/api/settlements?merchant_id=M1&limit=2");
        var next = page.Headers.GetValues("Link").Single().Split('<', '>')[1];
        Assert.Equal(["STL-20260110-JPY-M1"], (await JsonAsync(next)).EnumerateArray().Select(row => Text(row, "settlement_id")));

        using var csv = await _api.Client.GetAsync("/api/settlements?merchant_id=M2&format=csv");
        Assert.Equal("text/csv", csv.Content.Headers.ContentType?.MediaType);
        var lines = (await csv.Content.ReadAsStringAsync()).Split("\r\n");
        Assert.StartsWith("settlement_id,merchant_id,merchant_name,currency,", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("\"STL-20260112-USD-M2\",\"M2\",\"'=Toys, Ltd\",USD,2026-01-12,2026-01-13,FAILED,2026-01-14,,", lines[1], StringComparison.Ordinal);
        Assert.Equal(lines[0].Split(',').Length + 1, lines[1].Split(',').Length);
    }

    [Fact]
    public async Task A_settlements_lines_add_up_to_its_net_amount()
    {
        var account = await JsonAsync("/api/settlements/STL-20260110-USD-D1");

        // 2 % of 100; 1.9 % of 20.05 and 0.10; the minimum for 3.01: 2.73095, rounded once. A tenth of 123.06 is held.
        Assert.Equal(("2.73", "-12.31", "108.02"), (account.GetProperty("settlement").GetProperty("commission_amount").GetRawText(), account.GetProperty("settlement").GetProperty("reserve_amount").GetRawText(), account.GetProperty("settlement").GetProperty("net_amount").GetRawText()));
        var lines = account.GetProperty("lines").EnumerateArray().ToList();
        Assert.Equal(
            ["sales CREDIT_CARD 2 23.06", "sales WALLET 1 100.00", "fee CREDIT_CARD 2 -0.73095", "fee WALLET 1 -2.00", "rounding  1 0.00095", "reserve_held  1 -12.31"],
            lines.Select(line => $"{Text(line, "line_kind")} {Text(line, "payment_method")} {line.GetProperty("item_count")} {line.GetProperty("amount").GetRawText()}"));
        Assert.Equal(account.GetProperty("settlement").GetProperty("net_amount").GetDecimal(), lines.Sum(line => line.GetProperty("amount").GetDecimal()));

        foreach (var link in account.GetProperty("links").EnumerateObject())
        {
            Assert.NotEqual("[]", await _api.GetAsync(link.Value.GetString()!));
        }
    }

    [Fact]
    public async Task Each_payment_of_a_settlement_has_its_exact_fee_and_the_way_to_its_file()
    {
        const string path = "/api/settlements/STL-20260110-USD-D1/payments";
        var payments = (await JsonAsync(path)).EnumerateArray().ToList();

        Assert.Equal(
            ["P7 100.00 2.00 2 0.00 False", "P8 20.05 0.48095 1.9 0.10 True", "P9 3.01 0.25 1.9 0.10 True"],
            payments.Select(payment => $"{Text(payment, "payment_id")} {payment.GetProperty("amount").GetRawText()} {payment.GetProperty("fee_amount").GetRawText()} {payment.GetProperty("percent").GetDecimal():0.#} {payment.GetProperty("fixed_amount").GetRawText()} {payment.GetProperty("fee_id").ValueKind == JsonValueKind.Number}"));
        Assert.Contains("STL-20260110-USD-D1", await _api.GetAsync(Text(payments[0], "lineage")!), StringComparison.Ordinal);
        using var page = await _api.Client.GetAsync(path + "?limit=2");
        Assert.Equal(["P9"], (await JsonAsync(page.Headers.GetValues("Link").Single().Split('<', '>')[1])).EnumerateArray().Select(payment => Text(payment, "payment_id")));
    }

    [Fact]
    public async Task What_is_open_adds_up_by_merchant_and_currency()
    {
        var balance = Assert.Single((await JsonAsync("/api/settlements/open-balances?merchant_id=D2&as_of=2026-01-12")).EnumerateArray());

        // 40 less 2 % are due on the twelfth; 7 of the thirteenth are in no settlement yet.
        Assert.Equal(
            ("USD", 1, "7.00", "39.20", "0.00", "46.20"),
            (Text(balance, "currency"), balance.GetProperty("unsettled_count").GetInt64(), balance.GetProperty("unsettled_amount").GetRawText(), balance.GetProperty("due_amount").GetRawText(), balance.GetProperty("upcoming_amount").GetRawText(), balance.GetProperty("balance").GetRawText()));
        var before = Assert.Single((await JsonAsync("/api/settlements/open-balances?merchant_id=D2&as_of=2026-01-11")).EnumerateArray());
        Assert.Equal(("0.00", "39.20", "46.20"), (before.GetProperty("due_amount").GetRawText(), before.GetProperty("upcoming_amount").GetRawText(), before.GetProperty("balance").GetRawText()));
        Assert.Equal("12.31", Assert.Single((await JsonAsync("/api/settlements/open-balances?merchant_id=D1")).EnumerateArray()).GetProperty("reserve_held").GetRawText());
        Assert.Equal(["M1"], (await JsonAsync("/api/settlements/open-balances?currency=JPY")).EnumerateArray().Select(row => Text(row, "merchant_id")));
        using var page = await _api.Client.GetAsync("/api/settlements/open-balances?limit=1");
        Assert.NotEqual(0, (await JsonAsync(page.Headers.GetValues("Link").Single().Split('<', '>')[1])).GetArrayLength());
    }

    [Fact]
    public async Task Commissions_that_fees_do_not_explain_are_listed_with_their_cause()
    {
        Assert.Equal(0, (await JsonAsync("/api/settlements/commission-differences?merchant_id=D1")).GetArrayLength());
        await _store.ExecuteAsync("update public.settlements set commission_amount = commission_amount + 1, net_amount = net_amount - 1 where settlement_id = 'STL-20260110-USD-D2'");
        try
        {
            var row = Assert.Single((await JsonAsync("/api/settlements/commission-differences?merchant_id=D2&period_from=2026-01-10&period_to=2026-01-10&status=PENDING&currency=USD")).EnumerateArray());
            Assert.Equal(
                ("STL-20260110-USD-D2", "1.80", "0.80", "1.00", "unknown"),
                (Text(row, "settlement_id"), row.GetProperty("stored_amount").GetRawText(), row.GetProperty("recomputed_amount").GetRawText(), row.GetProperty("difference").GetRawText(), Text(row, "cause")));
            Assert.Equal(["STL-20260110-USD-D2"], (await JsonAsync("/api/settlements/commission-differences?period_to=2026-02-09")).EnumerateArray().Select(difference => Text(difference, "settlement_id")));
            Assert.Equal(0, (await JsonAsync("/api/settlements/commission-differences?period_from=2026-01-01&cause=fee_changed")).GetArrayLength());

            // Without a time it is about the last 31 days, and says so.
            Assert.Equal(("2026-01-10", "2026-02-09"), await PeriodAsync("?period_to=2026-02-09"));
            Assert.Equal(("2026-01-11", "2026-02-10"), await PeriodAsync("?period_to=2026-02-10"));
            Assert.Equal(0, (await JsonAsync("/api/settlements/commission-differences?period_to=2026-02-10")).GetArrayLength());
            var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
            Assert.Equal(($"{today.AddDays(-30):yyyy-MM-dd}", $"{today:yyyy-MM-dd}"), await PeriodAsync(""));
        }
        finally
        {
            await _store.ExecuteAsync("update public.settlements set commission_amount = commission_amount - 1, net_amount = net_amount + 1 where settlement_id = 'STL-20260110-USD-D2'");
        }
    }

    private async Task<(string From, string To)> PeriodAsync(string query)
    {
        using var response = await _api.Client.GetAsync($"/api/settlements/commission-differences{query}");
        return (response.Headers.GetValues("Period-From").Single(), response.Headers.GetValues("Period-To").Single());
    }

    [Fact]
    public async Task The_next_settle_run_follows_a_day_that_was_declared_meanwhile()
    {
        Assert.Equal("2026-01-12", Text(Assert.Single((await JsonAsync("/api/settlements?merchant_id=D3")).EnumerateArray()), "expected_settlement_date"));

        await SendAsync(HttpMethod.Post, "/api/calendars/MOVED/days", """{"day": "2026-01-12", "is_business_day": false, "name": "storm"}""");
        await _store.ExecuteAsync("select pipeline.settle_payments('2026-01-13')");

        Assert.Equal("2026-01-13", Text(Assert.Single((await JsonAsync("/api/settlements?merchant_id=D3")).EnumerateArray()), "expected_settlement_date"));
    }

    [Theory]
    [InlineData("/api/settlements?status=OPEN", "status", "must be one of PENDING, COMPLETED, FAILED")]
    [InlineData("/api/settlements?period_from=2026-02-01&period_to=2026-01-01", "period_to", "must not be before period_from, 2026-02-01")]
    [InlineData("/api/settlements?paid_from=2026-02-01&paid_to=2026-01-31", "paid_to", "must not be before paid_from")]
    [InlineData("/api/settlements?format=xml", "format", "json, csv")]
    [InlineData("/api/settlements?after=x&limit=2", "after", "is not a place in this list")]
    [InlineData("/api/settlements/expected-date?merchant_id=E1", "transaction_date", "is required")]
    [InlineData("/api/settlements/expected-date?merchant_id=E1&transaction_date=2026-01-31", "transaction_date", "with its offset")]
    [InlineData("/api/settlements/expected-date?merchant_id=E1&transaction_date=2026-01-31T10:00:00", "transaction_date", "with its offset")]
    [InlineData("/api/settlements/expected-date?merchant_id=E1&transaction_date=2150-01-31T10:00:00Z", "transaction_date", "of the years 2000 to 2098")]
    public async Task A_bad_parameter_is_named_with_the_fix(string path, string parameter, string complaint) => Assert.Contains(
        complaint,
        Assert.Single((await _api.ProblemAsync(path, 400)).GetProperty("errors").GetProperty(parameter).EnumerateArray()).GetString(),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("/api/settlements/STL-1", "There is no settlement STL-1.")]
    [InlineData("/api/settlements/STL-1/payments", "There is no settlement STL-1.")]
    [InlineData("/api/merchants/NOBODY/settlement-terms", "There is no merchant NOBODY.")]
    [InlineData("/api/merchants/NOBODY/fees", "There is no merchant NOBODY.")]
    [InlineData("/api/settlements/expected-date?merchant_id=NOBODY&transaction_date=2026-01-31T10:00:00Z", "There is no merchant NOBODY.")]
    public async Task What_is_unknown_is_not_found(string path, string detail) =>
        Assert.Equal(detail, (await _api.ProblemAsync(path, 404)).GetProperty("detail").GetString());

    [Fact]
    public async Task Terms_begin_on_a_day_that_nothing_covers_end_earlier_ones_and_are_audited()
    {
        const string path = "/api/merchants/T1/settlement-terms";
        var (status, first) = await SendAsync(HttpMethod.Post, path, """
            {"valid_from": "2026-02-01", "cycle": "weekly", "week_day": 7, "delay_days": 2, "delay_kind": "business", "calendar": "TARGET2", "time_zone": "Europe/Berlin", "cut_off": "22:00", "reserve_percent": 5.25, "reserve_days": 90, "note": "contract"}
            """);
        Assert.Equal(
            (201, "weekly", 7, "TARGET2", "Europe/Berlin", "22:00", 5.25m, 90, "local"),
            (status, Text(first, "cycle"), first.GetProperty("week_day").GetInt32(), Text(first, "calendar"), Text(first, "time_zone"), Text(first, "cut_off"), first.GetProperty("reserve_percent").GetDecimal(), first.GetProperty("reserve_days").GetInt32(), Text(first, "author")));

        var (_, second) = await SendAsync(HttpMethod.Post, path, """{"valid_from": "2026-03-01", "cycle": "monthly"}""");
        Assert.Equal(("monthly", 2, "calendar", "UTC"), (Text(second, "cycle"), second.GetProperty("delay_days").GetInt32(), Text(second, "delay_kind"), Text(second, "time_zone")));
        var (again, replaced) = await SendAsync(HttpMethod.Post, path, """{"valid_from": "2026-03-01", "delay_days": 1, "note": "typing error"}""");
        Assert.Equal((201, second.GetProperty("terms_id").GetInt64(), "daily"), (again, replaced.GetProperty("terms_id").GetInt64(), Text(replaced, "cycle")));

        Assert.Equal(
            ["2026-03-01 ", "2026-02-01 2026-03-01"],
            (await JsonAsync(path)).EnumerateArray().Select(terms => $"{Text(terms, "valid_from")} {Text(terms, "ends_on")}"));
        var changes = (await JsonAsync("/api/changes?subject=terms")).EnumerateArray().Where(change => Text(change, "subject_key")!.StartsWith("T1/", StringComparison.Ordinal)).ToList();
        Assert.Equal(["changed typing error", "created ", "created contract"], changes.Select(change => $"{Text(change, "action")} {Text(change, "note")}"));
        Assert.Equal(("monthly", "daily"), (Text(changes[0].GetProperty("before"), "cycle"), Text(changes[0].GetProperty("after"), "cycle")));
    }

    [Fact]
    public async Task Terms_for_days_that_are_settled_are_refused_with_the_first_free_day()
    {
        var problem = await _api.ProblemAsync(Request(HttpMethod.Post, "/api/merchants/M1/settlement-terms", """{"valid_from": "2026-01-11"}"""), 409);

        Assert.Equal("valid_from must be 2026-01-12 or later: the days before are settled, and settled periods do not change.", Text(problem, "detail"));
        Assert.Equal(("valid_from", "2026-01-12"), (Text(problem, "parameter"), Text(problem, "free_from")));
        Assert.Equal(0, (await JsonAsync("/api/merchants/M1/settlement-terms")).GetArrayLength());
    }

    [Theory]
    [InlineData("""{}""", "valid_from", "is required")]
    [InlineData("""{"valid_from": "1980-01-01"}""", "valid_from", "1990 to 2100")]
    [InlineData("""{"valid_from": "2026-03-01", "valid_until": "2026-03-01"}""", "valid_until", "later than valid_from")]
    [InlineData("""{"valid_from": "2026-03-01", "cycle": "yearly"}""", "cycle", "must be one of daily, weekly, monthly")]
    [InlineData("""{"valid_from": "2026-03-01", "cycle": null}""", "cycle", "must be one of daily, weekly, monthly")]
    [InlineData("""{"valid_from": "2026-03-01", "cycle": "weekly"}""", "week_day", "1 for Monday to 7 for Sunday")]
    [InlineData("""{"valid_from": "2026-03-01", "week_day": 3}""", "week_day", "leave it out")]
    [InlineData("""{"valid_from": "2026-03-01", "delay_days": 367}""", "delay_days", "0 to 366")]
    [InlineData("""{"valid_from": "2026-03-01", "delay_kind": "working"}""", "delay_kind", "calendar, business")]
    [InlineData("""{"valid_from": "2026-03-01", "calendar": "NOWHERE"}""", "calendar", "GET /api/calendars lists them")]
    [InlineData("""{"valid_from": "2026-03-01", "time_zone": "Mars/Base"}""", "time_zone", "IANA name")]
    [InlineData("""{"valid_from": "2026-03-01", "time_zone": "CET-1"}""", "time_zone", "IANA name")]
    [InlineData("""{"valid_from": "2026-03-01", "cut_off": "24:00"}""", "cut_off", "HH:mm")]
    [InlineData("""{"valid_from": "2026-03-01", "reserve_percent": 100.1}""", "reserve_percent", "from 0 to 100")]
    [InlineData("""{"valid_from": "2026-03-01", "reserve_percent": 1.23456}""", "reserve_percent", "four decimals")]
    [InlineData("""{"valid_from": "2026-03-01", "reserve_days": -1}""", "reserve_days", "0 to 3660")]
    [InlineData("""{"valid_from": "2026-03-01", "author": "me"}""", "body", "$.author is unknown")]
    public async Task What_is_wrong_with_terms_is_said_by_member(string body, string member, string complaint) =>
        await RefusesAsync("/api/merchants/T2/settlement-terms", body, member, complaint);

    [Theory]
    [InlineData("""{"percent": 1}""", "valid_from", "is required")]
    [InlineData("""{"valid_from": "2026-03-01", "payment_method": "CASH"}""", "payment_method", "must be one of CREDIT_CARD")]
    [InlineData("""{"valid_from": "2026-03-01", "currency": "usd"}""", "currency", "ISO 4217")]
    [InlineData("""{"valid_from": "2026-03-01", "currency": "XXX"}""", "currency", "ISO 4217")]
    [InlineData("""{"valid_from": "2026-03-01", "percent": 101}""", "percent", "from 0 to 100")]
    [InlineData("""{"valid_from": "2026-03-01", "fixed_amount": 0.3}""", "fixed_amount", "needs a currency")]
    [InlineData("""{"valid_from": "2026-03-01", "currency": "USD", "fixed_amount": 0.305}""", "fixed_amount", "at most the 2 decimals of USD")]
    [InlineData("""{"valid_from": "2026-03-01", "currency": "JPY", "minimum_amount": 0.5}""", "minimum_amount", "at most the 0 decimals of JPY")]
    [InlineData("""{"valid_from": "2026-03-01", "currency": "USD", "fixed_amount": -1}""", "fixed_amount", "must be 0 or more")]
    public async Task What_is_wrong_with_a_fee_is_said_by_member(string body, string member, string complaint) =>
        await RefusesAsync("/api/merchants/F2/fees", body, member, complaint);

    [Fact]
    public async Task Fees_are_agreed_on_listed_by_day_ended_and_audited()
    {
        const string path = "/api/merchants/F2/fees";
        var (status, card) = await SendAsync(HttpMethod.Post, path, """{"payment_method": "CREDIT_CARD", "currency": "USD", "percent": 1.9, "fixed_amount": 0.3, "minimum_amount": 0.5, "valid_from": "2026-02-01", "note": "contract"}""");
        Assert.Equal((201, "0.30", "0.50", "local"), (status, card.GetProperty("fixed_amount").GetRawText(), card.GetProperty("minimum_amount").GetRawText(), Text(card, "author")));
        await SendAsync(HttpMethod.Post, path, """{"percent": 2.5, "valid_from": "2026-02-01", "valid_until": "2026-04-01"}""");
        var (_, later) = await SendAsync(HttpMethod.Post, path, """{"payment_method": "CREDIT_CARD", "currency": "USD", "percent": 1.7, "valid_from": "2026-03-01"}""");
        Assert.Contains(
            "valid_from is taken",
            Text(await _api.ProblemAsync(Request(HttpMethod.Post, path, """{"payment_method": "CREDIT_CARD", "currency": "USD", "percent": 1, "valid_from": "2026-03-01"}"""), 409), "detail"),
            StringComparison.Ordinal);

        Assert.Equal(
            ["1.7 2026-03-01 ", "2.5 2026-02-01 2026-04-01", "1.9 2026-02-01 2026-03-01"],
            (await JsonAsync(path)).EnumerateArray().Select(fee => $"{fee.GetProperty("percent").GetDecimal():0.#} {Text(fee, "valid_from")} {Text(fee, "ends_on")}"));
        Assert.Equal(["1.7", "2.5"], (await JsonAsync($"{path}?on=2026-03-01")).EnumerateArray().Select(fee => $"{fee.GetProperty("percent").GetDecimal():0.#}"));

        var id = later.GetProperty("fee_id").GetInt64();
        var (ended, fee) = await SendAsync(HttpMethod.Delete, $"{path}/{id}?ends_on=2026-05-01", null);
        Assert.Equal((200, "2026-05-01"), (ended, Text(fee, "ends_on")));
        Assert.Equal("The fee ends on 2026-05-01 already; ends_on may only be an earlier day.", Text(await _api.ProblemAsync(Request(HttpMethod.Delete, $"{path}/{id}?ends_on=2026-06-01", null), 409), "detail"));
        Assert.Equal(200, (await SendAsync(HttpMethod.Delete, $"{path}/{id}?ends_on=2026-03-01", null)).Status);
        Assert.Equal(2, (await JsonAsync(path)).GetArrayLength());
        await _api.ProblemAsync(Request(HttpMethod.Delete, $"{path}/{id}", null), 404);
        await _api.ProblemAsync(Request(HttpMethod.Delete, $"/api/merchants/F1/fees/{card.GetProperty("fee_id").GetInt64()}", null), 404);
        Assert.Equal(["removed", "ended", "created"], (await JsonAsync($"/api/changes?subject=fee&subject_key=F2/{id}")).EnumerateArray().Select(change => Text(change, "action")));
    }

    [Fact]
    public async Task What_is_paid_keeps_its_fees()
    {
        const string path = "/api/merchants/F1/fees";
        var problem = await _api.ProblemAsync(Request(HttpMethod.Post, path, """{"percent": 1, "valid_from": "2026-01-10"}"""), 409);
        Assert.Equal("valid_from must be 2026-01-11 or later: what is paid for the days before was computed with the fees of then, and never changes.", Text(problem, "detail"));
        Assert.Equal(("valid_from", "2026-01-11"), (Text(problem, "parameter"), Text(problem, "free_from")));

        // Nothing in this currency is paid.
        Assert.Equal(201, (await SendAsync(HttpMethod.Post, path, """{"percent": 1, "currency": "JPY", "valid_from": "2026-01-01"}""")).Status);
        var (_, fee) = await SendAsync(HttpMethod.Post, path, """{"percent": 1, "currency": "USD", "valid_from": "2026-01-11"}""");
        Assert.Equal(
            "ends_on must be 2026-01-11 or later: what is paid for the days before was computed with it, and never changes.",
            Text(await _api.ProblemAsync(Request(HttpMethod.Delete, $"{path}/{fee.GetProperty("fee_id").GetInt64()}?ends_on=2026-01-10", null), 409), "detail"));
        Assert.Equal(200, (await SendAsync(HttpMethod.Delete, $"{path}/{fee.GetProperty("fee_id").GetInt64()}?ends_on=2026-01-11", null)).Status);
    }

    [Fact]
    public async Task The_expected_date_of_a_payment_comes_with_its_reasons()
    {
        var before = await JsonAsync("/api/settlements/expected-date?merchant_id=M2&transaction_date=2026-01-31T23:30:00Z");
        Assert.Equal(("2026-01-31", "2026-02-02", JsonValueKind.Null, true), (Text(before, "processing_day"), Text(before, "expected_settlement_date"), before.GetProperty("terms_id").ValueKind, before.GetProperty("is_settled").GetBoolean()));

        await SendAsync(HttpMethod.Post, "/api/merchants/E1/settlement-terms", """{"valid_from": "2026-01-01", "delay_kind": "business", "calendar": "TARGET2", "time_zone": "Europe/Berlin", "cut_off": "22:00"}""");
        await SendAsync(HttpMethod.Post, "/api/merchants/E1/settlement-terms", """{"valid_from": "2026-06-01", "cycle": "weekly", "week_day": 7, "delay_days": 1, "calendar": "ENGLAND_AND_WALES"}""");
        var late = await JsonAsync("/api/settlements/expected-date?merchant_id=E1&transaction_date=2026-04-01T22:30:00%2B02:00");
        Assert.Equal(
            ("2026-04-01 22:30", "2026-04-02", "2026-04-02", "2026-04-03", "2026-04-08"),
            (Text(late, "local_time"), Text(late, "processing_day"), Text(late, "period_start"), Text(late, "period_end"), Text(late, "expected_settlement_date")));
        Assert.Equal(
            [
                "2026-04-01 22:30 in Europe/Berlin is not before the cut-off at 22:00: processing day 2026-04-02.",
                "Paid daily: the period is 2026-04-02.",
                "2 business days of TARGET2 after 2026-04-02: 2026-04-08.",
                "Holidays in between: 2026-04-03 Good Friday, 2026-04-06 Easter Monday.",
            ],
            late.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()));
        Assert.Equal("2026-04-07", Text(await JsonAsync("/api/settlements/expected-date?merchant_id=E1&transaction_date=2026-04-01T19:59:59Z"), "expected_settlement_date"));

        // The week ends on Sunday 30 August; the day after is the summer bank holiday.
        var weekly = await JsonAsync("/api/settlements/expected-date?merchant_id=E1&transaction_date=2026-08-26T10:00Z");
        Assert.Equal(("2026-08-24", "2026-08-31", "2026-09-01"), (Text(weekly, "period_start"), Text(weekly, "period_end"), Text(weekly, "expected_settlement_date")));
        Assert.Contains("1 days after 2026-08-30 is 2026-08-31, which is closed in ENGLAND_AND_WALES; the next business day is 2026-09-01.", weekly.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()));

        var unsettled = await JsonAsync("/api/settlements/expected-date?merchant_id=M3&transaction_date=2026-01-31T10:00:00Z");
        Assert.False(unsettled.GetProperty("is_settled").GetBoolean());
        Assert.Equal("We do not settle this merchant: settles_from is empty.", unsettled.GetProperty("reasons")[0].GetString());
    }

    [Fact]
    public async Task Readers_see_terms_and_fees_and_only_admins_change_them()
    {
        using var api = new ApiHost(
            fixture.ConnectionString, "Production",
            ("Api:Keys:0:Name", "rosa"), ("Api:Keys:0:Role", "reader"), ("Api:Keys:0:Sha256", Hash("r")),
            ("Api:Keys:1:Name", "olga"), ("Api:Keys:1:Role", "operator"), ("Api:Keys:1:Sha256", Hash("o")),
            ("Api:Keys:2:Name", "ada"), ("Api:Keys:2:Role", "admin"), ("Api:Keys:2:Sha256", Hash("a")));
        Assert.Equal(401, await StatusAsync(api, HttpMethod.Get, "/api/settlements", null, null));
        foreach (var path in (string[])["/api/settlements", "/api/merchants/T2/settlement-terms", "/api/merchants/T2/fees"])
        {
            Assert.Equal(200, await StatusAsync(api, HttpMethod.Get, path, "r", null));
        }

        foreach (var path in (string[])["/api/merchants/T2/settlement-terms", "/api/merchants/T2/fees"])
        {
            Assert.Equal(403, await StatusAsync(api, HttpMethod.Post, path, "o", """{"valid_from": "2030-01-01"}"""));
            Assert.Equal(201, await StatusAsync(api, HttpMethod.Post, path, "a", """{"valid_from": "2030-01-01"}"""));
        }

        Assert.Equal(403, await StatusAsync(api, HttpMethod.Delete, "/api/merchants/T2/fees/1", "o", null));
        Assert.Equal(["ada", "ada"], (await JsonAsync("/api/changes?actor=ada")).EnumerateArray().Select(change => Text(change, "actor")));
    }

    private async Task RefusesAsync(string path, string body, string member, string complaint)
    {
        var problem = await _api.ProblemAsync(Request(HttpMethod.Post, path, body), 400);

        Assert.Contains(complaint, Assert.Single(problem.GetProperty("errors").GetProperty(member).EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    private static async Task<int> StatusAsync(ApiHost api, HttpMethod method, string path, string? key, string? body)
    {
        using var request = Request(method, path, body);
        if (key is not null) request.Headers.Add("X-Api-Key", key);
        using var response = await api.Client.SendAsync(request);
        return (int)response.StatusCode;
    }

    private async Task<JsonElement> JsonAsync(string path) => JsonDocument.Parse(await _api.GetAsync(path)).RootElement;

    private async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? body)
    {
        using var response = await _api.Client.SendAsync(Request(method, path, body));
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string? body) =>
        new(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();
}
