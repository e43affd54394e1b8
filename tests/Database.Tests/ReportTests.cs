using Npgsql;
using Payments.Testing;

namespace Payments.Database.Tests;

/// <summary>Functions and views over rows made by hand, with exact values, seen from a session in Tokyo.</summary>
public sealed class ReportTests : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static readonly DateTime Midnight = new(2025, 1, 15, 0, 0, 0, DateTimeKind.Utc);

    private readonly NpgsqlDataSource _database;
    private readonly NpgsqlDataSource _tokyo;

    public ReportTests(TestDatabase database)
    {
        _database = database.DataSource;
        _tokyo = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Timezone = "Asia/Tokyo" });
    }

    public async Task InitializeAsync()
    {
        await _database.ExecuteAsync(
            """
            insert into public.customers (customer_id, customer_name, email, country, credit_score, risk_category)
            values ('C1', 'One', 'one@example.com', 'France', 700, 'MEDIUM'), ('C2', 'Two', null, null, null, null), ('C3', 'Idle', null, null, null, null)
            on conflict do nothing;
            insert into public.merchants (merchant_id, merchant_name, business_type)
            values ('M1', 'Shop', 'RETAIL'), ('M2', 'Shop', 'TRAVEL'), ('M3', 'Idle', null) on conflict do nothing
            """);
        await _database.LoadAsync(
            new("A1") { Amount = 100.10m, At = Midnight, Seconds = 2 },
            new("A2") { Amount = 0.05m, At = Midnight.AddDays(1).AddTicks(-10), Seconds = 5 },
            new("A3") { Amount = 30m, At = Midnight.AddHours(10), Status = "FAILED", FailureReason = "card declined" },
            new("A4", "C2") { Amount = 20m, At = Midnight.AddHours(10), Status = "FAILED", Method = null },
            new("A5") { Amount = 7m, At = Midnight.AddHours(10), Status = "PENDING" },
            new("A6", "C1", "M2") { Amount = 12000m, At = Midnight.AddHours(11), Status = "REFUNDED" },
            new("A7") { Amount = 1500m, Currency = "JPY", At = Midnight.AddHours(11) },
            new("A8", "C2", "M2") { Amount = 1.234m, Currency = "KWD", At = Midnight.AddHours(11), Status = "FAILED" },
            new("B1", "C2", "M2") { Amount = 20000m, At = Midnight.AddDays(1) });
    }

    public async Task DisposeAsync()
    {
        await _tokyo.DisposeAsync();
        await _database.AssertExactAsync();
    }

    [Fact]
    public async Task A_day_is_a_utc_day_and_its_money_one_currency()
    {
        Assert.Equal(
            ["2025-01-15|8|3|3|1|1|12157.15|37.50|2026.19|100.15|USD|2"],
            await _tokyo.RowsAsync("select to_char(transaction_date, 'YYYY-MM-DD'), total_transactions, successful_transactions, failed_transactions, pending_transactions, refunded_transactions, total_amount, success_rate, avg_transaction_amount, total_revenue, currency, other_currency_transactions from public.get_daily_transaction_summary('2025-01-15')"));
    }

    [Fact]
    public async Task A_day_without_payments_is_a_row_of_zeros() => Assert.Equal(
        ["0|0|0|0|0|0.00|0.00|0.00|0.00|USD|0"],
        await _tokyo.RowsAsync("select total_transactions, successful_transactions, failed_transactions, pending_transactions, refunded_transactions, total_amount, success_rate, avg_transaction_amount, total_revenue, currency, other_currency_transactions from public.get_daily_transaction_summary('2019-01-01')"));

    [Fact]
    public async Task By_currency_every_sum_has_its_own_digits() => Assert.Equal(
        ["JPY|1|1500|100.00|1500|1500", "KWD|1|1.234|0.00|1.234|0.000", "USD|6|12157.15|33.33|2026.19|100.15"],
        await _tokyo.RowsAsync("select currency, total_transactions, total_amount, success_rate, avg_transaction_amount, total_revenue from public.get_daily_transaction_summary_by_currency('2025-01-15')"));

    [Fact]
    public async Task Failed_payments_of_both_days_come_newest_first() => Assert.Equal(
        [
            "A8|C2|Two|Shop|1.234|CREDIT_CARD|2025-01-15T11:00:00Z||KWD",
            "A3|C1|One|Shop|30.00|CREDIT_CARD|2025-01-15T10:00:00Z|card declined|USD",
            "A4|C2|Two|Shop|20.00||2025-01-15T10:00:00Z||USD",
        ],
        await _tokyo.RowsAsync("select * from public.detect_failed_payments('2025-01-15', '2025-01-15')"));

    [Fact]
    public async Task High_risk_covers_scores_and_suspicions_but_no_refunds() => Assert.Equal(
        ["B1|C2|Two|20000.00|45.00|2025-01-16T00:00:00Z|SUCCESS|USD"],
        await _tokyo.RowsAsync("select * from public.detect_high_risk_transactions()"));

    [Fact]
    public async Task A_low_threshold_lets_equal_scores_in_and_orders_by_score_then_id() => Assert.Equal(
        ["B1|45.00", "A1|15.00", "A2|10.00", "A3|10.00", "A5|10.00", "A7|10.00"],
        await _tokyo.RowsAsync("select payment_id, risk_score from public.detect_high_risk_transactions(10)"));

    [Fact]
    public async Task Merchants_of_one_name_stay_two_and_idle_ones_show_zeros() => Assert.Equal(
        [
            "M1|Shop|RETAIL|ACTIVE|6|3|2|100.150|31.430|50.00|USD|1",
            "M2|Shop|TRAVEL|ACTIVE|3|1|1|20000.000|16000.000|33.33|USD|1",
            "M3|Idle||ACTIVE|0|0|0|0.000|0.000|0.00|USD|0",
        ],
        await _tokyo.RowsAsync("select * from public.vw_merchant_performance where merchant_id in ('M1', 'M2', 'M3') order by merchant_id"));

    [Fact]
    public async Task Merchants_by_currency_show_what_the_reporting_currency_leaves_out() => Assert.Equal(
        ["M1|JPY|1|1500.000", "M1|USD|5|100.150", "M2|KWD|1|0.000", "M2|USD|2|20000.000"],
        await _tokyo.RowsAsync("select merchant_id, currency, total_transactions, total_revenue from public.vw_merchant_performance_by_currency order by merchant_id, currency"));

    [Fact]
    public async Task Customers_spend_what_succeeded_and_idle_ones_show_zeros() => Assert.Equal(
        [
            "C1|One|one@example.com|France|700|MEDIUM|6|100.150|2427.430|1|2025-01-15T23:59:59Z|USD|1",
            "C2|Two|||||3|20000.000|10010.000|2|2025-01-16T00:00:00Z|USD|1",
            "C3|Idle|||||0|0.000|0.000|0||USD|0",
        ],
        await _tokyo.RowsAsync("select * from public.vw_customer_insights where customer_id in ('C1', 'C2', 'C3') order by customer_id"));

    [Fact]
    public async Task Analytics_keeps_apart_whatever_reports_slice_by() => Assert.Equal(
        [
            "FAILED||USD|Shop|RETAIL||1|20.000|20.000|0.00|0|M1",
            "FAILED|CREDIT_CARD|KWD|Shop|TRAVEL||1|1.234|1.234|0.00|0|M2",
            "FAILED|CREDIT_CARD|USD|Shop|RETAIL|France|1|30.000|30.000|0.00|0|M1",
            "PENDING|CREDIT_CARD|USD|Shop|RETAIL|France|1|7.000|7.000|0.00|0|M1",
            "REFUNDED|CREDIT_CARD|USD|Shop|TRAVEL|France|1|12000.000|12000.000|0.00|1|M2",
            "SUCCESS|CREDIT_CARD|JPY|Shop|RETAIL|France|1|1500.000|1500.000|0.00|0|M1",
            "SUCCESS|CREDIT_CARD|USD|Shop|RETAIL|France|2|100.150|50.080|3.50|0|M1",
        ],
        await _tokyo.RowsAsync(
            """
            select payment_status, payment_method, currency, merchant_name, business_type, customer_country, transaction_count,
                total_amount, avg_amount, avg_processing_time, suspicious_count, merchant_id
            from public.vw_payment_analytics
            where payment_date = '2025-01-15'
            order by payment_status, payment_method nulls first, currency
            """));

    [Fact]
    public async Task A_settlement_is_late_by_its_dates_and_no_flag_is_read()
    {
        await _database.ExecuteAsync(
            """
            insert into public.settlements (settlement_id, merchant_id, settlement_date, expected_settlement_date, total_amount,
                commission_rate, commission_amount, net_amount, payment_count, status, sla_breach, currency, period_start, period_end)
            values
                ('LATE', 'M3', '2025-02-05', '2025-02-03', 0, 0, 0, 0, 0, 'COMPLETED', false, 'USD', '2025-02-01', '2025-02-02'),
                ('IN-TIME', 'M3', '2025-02-04', '2025-02-04', 0, 0, 0, 0, 0, 'COMPLETED', true, 'USD', '2025-02-02', '2025-02-03'),
                ('OPEN', 'M3', null, '2025-02-05', 0, 0, 0, 0, 0, 'PENDING', false, 'USD', '2025-02-03', '2025-02-04'),
                ('FAILED', 'M3', null, '2025-02-06', 0, 0, 0, 0, 0, 'FAILED', false, 'USD', '2025-02-04', '2025-02-05'),
                ('DUE', 'M3', null, '2025-02-07', 0, 0, 0, 0, 0, 'PENDING', false, 'USD', '2025-02-05', '2025-02-06')
            on conflict do nothing
            """);

        Assert.Equal(
            ["LATE|2|Idle|0.00", "OPEN|2|Idle|0.00", "FAILED|1|Idle|0.00"],
            await _tokyo.RowsAsync(
                "select settlement_id, days_delayed, merchant_name, net_amount from public.identify_sla_breaches('2025-02-07')"));
    }
}
