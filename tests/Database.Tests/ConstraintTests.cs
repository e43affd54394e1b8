using Npgsql;
using Payments.Testing;

namespace Payments.Database.Tests;

/// <summary>Nonsense that the tables refuse, whoever writes it.</summary>
public sealed class ConstraintTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    public Task InitializeAsync() => database.DataSource.ExecuteAsync(
        """
        select pipeline.ensure_payment_partitions('2025-01-01', '2025-01-01');
        insert into public.merchants (merchant_id, merchant_name) values ('M1', 'Shop') on conflict do nothing
        """);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("payment_id", "'has space'", "payments_payment_id_check")]
    [InlineData("payment_id", "''", "payments_payment_id_check")]
    [InlineData("amount", "-0.01", "payments_amount_check")]
    [InlineData("payment_status", "'DONE'", "payments_payment_status_check")]
    [InlineData("payment_method", "'CASH'", "payments_payment_method_check")]
    [InlineData("risk_score", "100.01", "payments_risk_score_check")]
    [InlineData("risk_score", "-1", "payments_risk_score_check")]
    [InlineData("failure_reason", "'network timeout'", "payments_failure_reason_check")]
    [InlineData("processing_time_seconds", "-1", "payments_processing_time_check")]
    public async Task Payments_refuse(string column, string value, string constraint)
    {
        var columns = new Dictionary<string, string>
        {
            ["payment_id"] = "'P1'",
            ["customer_id"] = "'C1'",
            ["merchant_id"] = "'M1'",
            ["amount"] = "1",
            ["currency"] = "'USD'",
            ["payment_status"] = "'SUCCESS'",
            ["transaction_date"] = "'2025-01-15 00:00:00+00'",
            ["risk_score"] = "0",
            ["batch_id"] = "1",
            ["line_number"] = "1",
            [column] = value,
        };

        Assert.Equal((PostgresErrorCodes.CheckViolation, constraint), await RefusalAsync("payments", columns));
    }

    [Theory]
    [InlineData("credit_score", "299", "customers_credit_score_check")]
    [InlineData("credit_score", "851", "customers_credit_score_check")]
    [InlineData("risk_category", "'SOME'", "customers_risk_category_check")]
    [InlineData("country", "''", "customers_country_check")]
    public async Task Customers_refuse(string column, string value, string constraint)
    {
        var columns = new Dictionary<string, string> { ["customer_id"] = "'C9'", ["customer_name"] = "'Nine'", [column] = value };

        Assert.Equal((PostgresErrorCodes.CheckViolation, constraint), await RefusalAsync("customers", columns));
    }

    [Theory]
    [InlineData("status", "'CLOSED'", "merchants_status_check")]
    [InlineData("commission_rate", "-0.1", "merchants_commission_rate_check")]
    [InlineData("business_type", "'CASINO'", "merchants_business_type_check")]
    public async Task Merchants_refuse(string column, string value, string constraint)
    {
        var columns = new Dictionary<string, string> { ["merchant_id"] = "'M9'", ["merchant_name"] = "'Nine'", [column] = value };

        Assert.Equal((PostgresErrorCodes.CheckViolation, constraint), await RefusalAsync("merchants", columns));
    }

    [Theory]
    [InlineData("net_amount", "97.51", "settlements_net_check")]
    [InlineData("total_amount", "-1", "settlements_amounts_check")]
    [InlineData("period_end", "'2025-01-15'", "settlements_period_check")]
    [InlineData("settlement_date", "'2025-01-17'", "settlements_paid_check")]
    [InlineData("status", "'COMPLETED'", "settlements_paid_check")]
    [InlineData("status", "'PAID'", "settlements_status_check")]
    public async Task Settlements_refuse(string column, string value, string constraint)
    {
        var columns = new Dictionary<string, string>
        {
            ["settlement_id"] = "'S1'",
            ["merchant_id"] = "'M1'",
            ["expected_settlement_date"] = "'2025-01-17'",
            ["total_amount"] = "100",
            ["commission_rate"] = "2.5",
            ["commission_amount"] = "2.5",
            ["net_amount"] = "97.5",
            ["payment_count"] = "1",
            ["currency"] = "'USD'",
            ["period_start"] = "'2025-01-15'",
            ["period_end"] = "'2025-01-16'",
            [column] = value,
        };
        if (column == "total_amount")
        {
            columns["net_amount"] = "-3.5";
        }

        Assert.Equal((PostgresErrorCodes.CheckViolation, constraint), await RefusalAsync("settlements", columns));
    }

    [Fact]
    public async Task A_payment_outside_every_month_has_no_place()
    {
        var error = await Assert.ThrowsAsync<PostgresException>(() => database.DataSource.ExecuteAsync(
            "select pipeline.ensure_payment_partitions('1999-12-31 23:59:59+00', '2000-01-01')"));

        Assert.Equal(PostgresErrorCodes.InvalidParameterValue, error.SqlState);
    }

    private Task<(string SqlState, string? Constraint)> RefusalAsync(string table, Dictionary<string, string> columns) =>
        database.DataSource.RefusalAsync(
            $"insert into public.{table} ({string.Join(", ", columns.Keys)}) values ({string.Join(", ", columns.Values)})");
}
