using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Payments.Api.Tests;

public sealed partial class ReportTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private const string Header = "payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\n";

    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    public async Task InitializeAsync()
    {
        // Every fact of this class reads these rows and adds none, so they are made once.
        if (await _store.ScalarAsync<long>("select count(*) from public.customers") > 0)
        {
            return;
        }

        await _store.ImportAsync("customers", "customer_id,customer_name\nC1,\"Ada \"\"A\"\" Müller\"\nC2,\n");
        await _store.ImportAsync("merchants", "merchant_id,merchant_name\nM1,Books\nM2,Toys\n");
        await _store.ImportAsync(
            "payments",
            Header + """
            P1,C1,M1,100.50,USD,CREDIT_CARD,SUCCESS,2026-01-10T10:00:00Z
            P2,C1,M1,20.25,USD,PAYPAL,FAILED,2026-01-10T23:59:59.999999Z
            P3,C2,M2,30,USD,WALLET,PENDING,2026-01-10T12:00:00Z
            P4,C2,M2,9.99,USD,WALLET,REFUNDED,2026-01-10T13:00:00Z
            P5,C2,M2,5000,JPY,WALLET,SUCCESS,2026-01-10T14:00:00Z
            F1,C1,M1,1.5,KWD,WALLET,FAILED,2026-02-01T00:00:00Z
            F2,C2,M2,700,JPY,CREDIT_CARD,FAILED,2026-02-02T08:30:00Z
            F3,C2,M2,8.40,USD,CREDIT_CARD,FAILED,2026-02-02T08:30:00Z
            F4,C2,M2,8.40,USD,CREDIT_CARD,FAILED,2026-02-03T00:00:00Z

            """);
        await _store.ExecuteAsync(
            """
            update public.payments set failure_reason = 'Insufficient funds' where payment_id = 'F2';
            update public.payments set risk_score = 0, is_suspicious = false;
            update public.payments set risk_score = 70 where payment_id = 'P1';
            update public.payments set risk_score = 99.5 where payment_id in ('P2', 'P5');
            update public.payments set risk_score = 100 where payment_id = 'P4';
            update public.payments set risk_score = 5, is_suspicious = true where payment_id = 'F4';
            update public.payments set risk_score = 69.99 where payment_id = 'P3';
            insert into public.settlements (settlement_id, merchant_id, settlement_date, expected_settlement_date, total_amount,
                commission_amount, net_amount, payment_count, status, currency, period_start, period_end)
            values ('S1', 'M1', '2026-01-20', '2026-01-15', 100.5, 2.51, 97.99, 1, 'COMPLETED', 'USD', '2026-01-10', '2026-01-11'),
                ('S2', 'M1', '2026-01-14', '2026-01-14', 1, 0, 1, 1, 'COMPLETED', 'USD', '2026-01-12', '2026-01-13'),
                ('S3', 'M2', null, (now() at time zone 'UTC')::date - 7, 5000, 0, 5000, 1, 'FAILED', 'JPY', '2026-01-10', '2026-01-11'),
                ('S4', 'M2', null, (now() at time zone 'UTC')::date - 5, 30, 0, 30, 1, 'PENDING', 'USD', '2026-01-10', '2026-01-11'),
                ('S5', 'M2', null, (now() at time zone 'UTC')::date, 30, 0, 30, 1, 'PENDING', 'USD', '2026-01-11', '2026-01-12');
            """);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_day_is_summed_up_in_the_reporting_currency_and_counted_in_all() =>
        Assert.Equal(
            """{"transaction_date":"2026-01-10","total_transactions":5,"successful_transactions":2,"failed_transactions":1,"pending_transactions":1,"refunded_transactions":1,"total_amount":160.74,"success_rate":40.00,"avg_transaction_amount":40.19,"total_revenue":100.50,"currency":"USD","other_currency_transactions":1}""",
            await _api.GetAsync("/api/reports/daily-summary?report_date=2026-01-10"));

    [Fact]
    public async Task A_day_without_payments_is_all_zeros() =>
        Assert.Equal(
            """{"transaction_date":"2025-12-31","total_transactions":0,"successful_transactions":0,"failed_transactions":0,"pending_transactions":0,"refunded_transactions":0,"total_amount":0.00,"success_rate":0.00,"avg_transaction_amount":0.00,"total_revenue":0.00,"currency":"USD","other_currency_transactions":0}""",
            await _api.GetAsync("/api/reports/daily-summary?report_date=2025-12-31"));

    [Fact]
    public async Task Failed_payments_come_newest_first_with_their_currencies_digits() =>
        Assert.Equal(
            """
            [{"payment_id":"F2","customer_id":"C2","customer_name":"C2","merchant_name":"Toys","amount":700,"payment_method":"CREDIT_CARD","transaction_date":"2026-02-02T08:30:00Z","failure_reason":"Insufficient funds","currency":"JPY"},
            {"payment_id":"F3","customer_id":"C2","customer_name":"C2","merchant_name":"Toys","amount":8.40,"payment_method":"CREDIT_CARD","transaction_date":"2026-02-02T08:30:00Z","failure_reason":null,"currency":"USD"},
            {"payment_id":"F1","customer_id":"C1","customer_name":"Ada \"A\" Müller","merchant_name":"Books","amount":1.500,"payment_method":"WALLET","transaction_date":"2026-02-01T00:00:00Z","failure_reason":null,"currency":"KWD"}]
            """.ReplaceLineEndings(""),
            await _api.GetAsync("/api/reports/failed-payments?start_date=2026-02-01&end_date=2026-02-02"));

    [Fact]
    public async Task Both_days_of_a_period_count_to_their_last_microsecond() =>
        Assert.Equal(["P2"], await IdsAsync("/api/reports/failed-payments?start_date=2026-01-10&end_date=2026-01-10"));

    [Fact]
    public async Task A_period_without_failures_is_an_empty_array() =>
        Assert.Equal("[]", await _api.GetAsync("/api/reports/failed-payments?start_date=2025-01-01&end_date=2025-01-31"));

    [Fact]
    public async Task Late_settlements_come_most_delayed_first_whatever_the_stored_flag_says()
    {
        var today = DateTime.Parse(await _store.ScalarAsync<string>("select (now() at time zone 'UTC')::date::text"), CultureInfo.InvariantCulture);
        Assert.Equal(
            $$"""
            [{"settlement_id":"S3","merchant_id":"M2","merchant_name":"Toys","settlement_date":null,"expected_settlement_date":"{{today.AddDays(-7):yyyy-MM-dd}}","days_delayed":7,"total_amount":5000,"net_amount":5000,"currency":"JPY"},
            {"settlement_id":"S1","merchant_id":"M1","merchant_name":"Books","settlement_date":"2026-01-20","expected_settlement_date":"2026-01-15","days_delayed":5,"total_amount":100.50,"net_amount":97.99,"currency":"USD"},
            {"settlement_id":"S4","merchant_id":"M2","merchant_name":"Toys","settlement_date":null,"expected_settlement_date":"{{today.AddDays(-5):yyyy-MM-dd}}","days_delayed":5,"total_amount":30.00,"net_amount":30.00,"currency":"USD"}]
            """.ReplaceLineEndings(""),
            await _api.GetAsync("/api/reports/sla-breaches"));
    }

    [Fact]
    public async Task Risky_payments_are_those_at_the_threshold_and_the_suspicious_without_refunded_ones() =>
        Assert.Equal(
            """
            [{"payment_id":"P2","customer_id":"C1","customer_name":"Ada \"A\" Müller","amount":20.25,"risk_score":99.50,"transaction_date":"2026-01-10T23:59:59.999999Z","payment_status":"FAILED","currency":"USD"},
            {"payment_id":"P5","customer_id":"C2","customer_name":"C2","amount":5000,"risk_score":99.50,"transaction_date":"2026-01-10T14:00:00Z","payment_status":"SUCCESS","currency":"JPY"},
            {"payment_id":"P1","customer_id":"C1","customer_name":"Ada \"A\" Müller","amount":100.50,"risk_score":70.00,"transaction_date":"2026-01-10T10:00:00Z","payment_status":"SUCCESS","currency":"USD"},
            {"payment_id":"F4","customer_id":"C2","customer_name":"C2","amount":8.40,"risk_score":5.00,"transaction_date":"2026-02-03T00:00:00Z","payment_status":"FAILED","currency":"USD"}]
            """.ReplaceLineEndings(""),
            await _api.GetAsync("/api/reports/high-risk-transactions"));

    [Theory]
    [InlineData("99.5", "P2 P5 F4")]
    [InlineData("99.51", "F4")]
    [InlineData("69.99", "P2 P5 P1 P3 F4")]
    public async Task The_threshold_is_exact(string threshold, string ids) =>
        Assert.Equal(ids.Split(' '), await IdsAsync($"/api/reports/high-risk-transactions?risk_threshold={threshold}"));

    [Theory]
    [InlineData("/api/reports/failed-payments?start_date=2026-01-01&end_date=2026-12-31", "F4 F2 F3 F1 P2")]
    [InlineData("/api/reports/high-risk-transactions?risk_threshold=0", "P2 P5 P1 P3 F4 F1 F2 F3")]
    [InlineData("/api/reports/sla-breaches?", "S3 S1 S4")]
    public async Task Pages_follow_their_links_to_exactly_the_complete_list(string path, string ids)
    {
        Assert.Equal(ids.Split(' '), await IdsAsync(path));
        foreach (var limit in (int[])[1, 2, 3, 1000])
        {
            var paged = new List<string>();
            for (var next = $"{path}&limit={limit}"; next is not null;)
            {
                using var response = await _api.Client.GetAsync(next);
                var page = Ids(await response.Content.ReadAsStringAsync());
                Assert.InRange(page.Length, 1, limit);
                paged.AddRange(page);
                next = response.Headers.TryGetValues("Link", out var link) ? NextLink().Match(link.Single()).Groups[1].Value : null;
            }

            Assert.Equal(ids.Split(' '), paged);
        }
    }

    [Fact]
    public async Task A_cursor_of_another_list_is_refused()
    {
        using var page = await _api.Client.GetAsync("/api/reports/sla-breaches?limit=1");
        var cursor = NextLink().Match(page.Headers.GetValues("Link").Single()).Groups[1].Value.Split("after=")[1];
        var problem = await _api.ProblemAsync($"/api/reports/failed-payments?start_date=2026-01-01&end_date=2026-12-31&after={cursor}", 400);
        Assert.StartsWith("after is not a place in this list", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private async Task<string[]> IdsAsync(string path) => Ids(await _api.GetAsync(path));

    private static string[] Ids(string array) =>
        [.. JsonDocument.Parse(array).RootElement.EnumerateArray().Select(row => row.EnumerateObject().First().Value.GetString()!)];

    [GeneratedRegex("^<([^>]+)>; rel=\"next\"$")]
    private static partial Regex NextLink();
}
