namespace Payments.Api.Tests;

public sealed class AnalyticsTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    public async Task InitializeAsync()
    {
        if (await _store.ScalarAsync<long>("select count(*) from public.customers") > 0)
        {
            return;
        }

        await _store.ImportAsync(
            "customers",
            """
            customer_id,customer_name,email,country,credit_score,risk_category
            C1,Ada,ada@example.com,Austria,745,LOW
            C2,Bob,,,,
            C3,Cleo,cleo@example.com,Chile,500,HIGH

            """);
        await _store.ImportAsync(
            "merchants",
            "merchant_id,merchant_name,business_type,status\nM1,Books,RETAIL,ACTIVE\nM2,Books,TRAVEL,SUSPENDED\nM3,Idle,,ACTIVE\n");
        await _store.ImportAsync(
            "payments",
            """
            payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date
            P1,C1,M1,100,USD,CREDIT_CARD,SUCCESS,2026-01-10T10:00:00Z
            P2,C1,M1,50.01,USD,CREDIT_CARD,SUCCESS,2026-01-10T11:00:00Z
            P3,C2,M1,20,USD,PAYPAL,FAILED,2026-01-11T10:00:00Z
            P4,C2,M2,1234,JPY,WALLET,SUCCESS,2026-01-11T12:00:00Z

            """);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Payment_analytics_show_the_views_groups_newest_day_first() =>
        Assert.Equal(
            """
            [{"payment_date":"2026-01-11","payment_status":"FAILED","payment_method":"PAYPAL","currency":"USD","merchant_name":"Books","business_type":"RETAIL","customer_country":null,"transaction_count":1,"total_amount":20.00,"avg_amount":20.00,"avg_processing_time":0.00,"suspicious_count":0,"merchant_id":"M1"},
            {"payment_date":"2026-01-11","payment_status":"SUCCESS","payment_method":"WALLET","currency":"JPY","merchant_name":"Books","business_type":"TRAVEL","customer_country":null,"transaction_count":1,"total_amount":1234,"avg_amount":1234,"avg_processing_time":0.00,"suspicious_count":0,"merchant_id":"M2"},
            {"payment_date":"2026-01-10","payment_status":"SUCCESS","payment_method":"CREDIT_CARD","currency":"USD","merchant_name":"Books","business_type":"RETAIL","customer_country":"Austria","transaction_count":2,"total_amount":150.01,"avg_amount":75.01,"avg_processing_time":0.00,"suspicious_count":0,"merchant_id":"M1"}]
            """.ReplaceLineEndings(""),
            await _api.GetAsync("/api/analytics/payment-analytics"));

    [Fact]
    public async Task The_limit_cuts_behind_the_newest_rows() =>
        Assert.Equal(
            """[{"payment_date":"2026-01-11","payment_status":"FAILED","payment_method":"PAYPAL","currency":"USD","merchant_name":"Books","business_type":"RETAIL","customer_country":null,"transaction_count":1,"total_amount":20.00,"avg_amount":20.00,"avg_processing_time":0.00,"suspicious_count":0,"merchant_id":"M1"}]""",
            await _api.GetAsync("/api/analytics/payment-analytics?limit=1"));

    [Fact]
    public async Task Merchants_come_by_revenue_those_without_payments_too() =>
        Assert.Equal(
            """
            [{"merchant_id":"M1","merchant_name":"Books","business_type":"RETAIL","status":"ACTIVE","total_transactions":3,"successful_transactions":2,"failed_transactions":1,"total_revenue":150.01,"avg_transaction_amount":56.67,"success_rate":66.67,"currency":"USD","other_currency_transactions":0},
            {"merchant_id":"M2","merchant_name":"Books","business_type":"TRAVEL","status":"SUSPENDED","total_transactions":1,"successful_transactions":1,"failed_transactions":0,"total_revenue":0.00,"avg_transaction_amount":0.00,"success_rate":100.00,"currency":"USD","other_currency_transactions":1},
            {"merchant_id":"M3","merchant_name":"Idle","business_type":null,"status":"ACTIVE","total_transactions":0,"successful_transactions":0,"failed_transactions":0,"total_revenue":0.00,"avg_transaction_amount":0.00,"success_rate":0.00,"currency":"USD","other_currency_transactions":0}]
            """.ReplaceLineEndings(""),
            await _api.GetAsync("/api/analytics/merchant-performance"));

    [Fact]
    public async Task Customers_come_by_spend_those_without_payments_too() =>
        Assert.Equal(
            """
            [{"customer_id":"C1","customer_name":"Ada","email":"ada@example.com","country":"Austria","credit_score":745,"risk_category":"LOW","total_transactions":2,"total_spent":150.01,"avg_transaction_amount":75.01,"failed_transaction_count":0,"last_transaction_date":"2026-01-10T11:00:00Z","currency":"USD","other_currency_transactions":0},
            {"customer_id":"C2","customer_name":"Bob","email":null,"country":null,"credit_score":null,"risk_category":null,"total_transactions":2,"total_spent":0.00,"avg_transaction_amount":20.00,"failed_transaction_count":1,"last_transaction_date":"2026-01-11T12:00:00Z","currency":"USD","other_currency_transactions":1},
            {"customer_id":"C3","customer_name":"Cleo","email":"cleo@example.com","country":"Chile","credit_score":500,"risk_category":"HIGH","total_transactions":0,"total_spent":0.00,"avg_transaction_amount":0.00,"failed_transaction_count":0,"last_transaction_date":null,"currency":"USD","other_currency_transactions":0}]
            """.ReplaceLineEndings(""),
            await _api.GetAsync("/api/analytics/customer-insights"));
}
