using Payments.Testing;

namespace Payments.Pipeline.Tests.Settle;

public sealed class SettlePaymentsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly SettlementRows _rows = new(database);

    [Fact]
    public async Task A_day_of_a_merchant_is_one_settlement_expected_two_days_later()
    {
        var merchant = await _rows.AddMerchantAsync(rate: 2.5m);
        await _rows.AddPaymentsAsync(
            merchant, ("2026-02-10 00:00:00", 100.00m, "USD"), ("2026-02-10 23:59:59.999999", 50.50m, "USD"), ("2026-02-11 00:00:00", 8.00m, "USD"));

        await _rows.SettleAsync("2026-02-12");

        Assert.Equal(
            [
                new($"STL-20260210-USD-{merchant}", "USD", "2026-02-10", "2026-02-11", "2026-02-12", 150.50m, 3.76m, 146.74m, 2, "PENDING", false),
                new($"STL-20260211-USD-{merchant}", "USD", "2026-02-11", "2026-02-12", "2026-02-13", 8.00m, 0.20m, 7.80m, 1, "PENDING", false),
            ],
            await _rows.SettlementsAsync(merchant));
        Assert.Empty(await _rows.DifferencesAsync());
    }

    [Theory]
    [InlineData("USD", "100.20", "2.5", "2.51")] // 2.505: half away from zero, not to even
    [InlineData("USD", "100.10", "2.5", "2.50")] // 2.5025
    [InlineData("USD", "1.00", "0.5", "0.01")] // 0.005
    [InlineData("USD", "0.99", "0.5", "0.00")] // 0.00495
    [InlineData("JPY", "333", "1.5", "5")] // 4.995
    [InlineData("JPY", "100", "4.5", "5")] // 4.5
    [InlineData("KWD", "1.333", "2.5", "0.033")] // 0.033325
    [InlineData("KWD", "0.020", "2.5", "0.001")] // 0.0005
    [InlineData("CLF", "1.000", "2.55", "0.026")] // four digits in ISO 4217, stored with three: 0.0255
    [InlineData("USD", "999999999999999.99", "3.3333", "33333000000000.00")] // 33332999999999.99966667
    public async Task Commission_is_rounded_half_away_from_zero_to_the_digits_of_the_currency(string currency, string total, string rate, string commission)
    {
        var merchant = await _rows.AddMerchantAsync(decimal.Parse(rate));
        await _rows.AddPaymentsAsync(merchant, ("2026-02-10 12:00:00", decimal.Parse(total), currency));

        await _rows.SettleAsync("2026-02-11");

        var settlement = Assert.Single(await _rows.SettlementsAsync(merchant));
        Assert.Equal(decimal.Parse(commission), settlement.Commission);
        Assert.Equal(decimal.Parse(total) - decimal.Parse(commission), settlement.Net);
    }

    [Fact]
    public async Task Commission_is_rounded_once_for_the_settlement_not_for_each_payment()
    {
        var merchant = await _rows.AddMerchantAsync(rate: 2.5m);
        await _rows.AddPaymentsAsync(
            merchant, ("2026-02-10 10:00:00", 0.20m, "USD"), ("2026-02-10 11:00:00", 0.20m, "USD"), ("2026-02-10 12:00:00", 0.20m, "USD"));

        await _rows.SettleAsync("2026-02-11");

        Assert.Equal(0.02m, Assert.Single(await _rows.SettlementsAsync(merchant)).Commission);
    }

    [Fact]
    public async Task Currencies_are_settled_apart()
    {
        var merchant = await _rows.AddMerchantAsync();
        await _rows.AddPaymentsAsync(
            merchant, ("2026-02-10 10:00:00", 100.00m, "USD"), ("2026-02-10 10:00:00", 3_000m, "JPY"), ("2026-02-10 10:00:00", 1.234m, "KWD"));

        await _rows.SettleAsync("2026-02-11");

        Assert.Equal(
            [("JPY", 3_000m, 75m), ("KWD", 1.234m, 0.031m), ("USD", 100.00m, 2.50m)],
            (await _rows.SettlementsAsync(merchant)).Select(row => (row.Currency, row.Total, row.Commission)));
    }

    [Fact]
    public async Task Only_successful_payments_of_completed_days_of_merchants_we_settle_are_settled()
    {
        var merchant = await _rows.AddMerchantAsync(settlesFrom: new(2026, 2, 10));
        var foreign = await _rows.AddMerchantAsync(isSettled: false);
        await _rows.AddPaymentsAsync(foreign, ("2026-02-10 10:00:00", 100m, "USD"));
        await _rows.AddPaymentsAsync(
            merchant, ("2026-02-09 23:59:59", 1m, "USD"), ("2026-02-10 00:00:00", 2m, "USD"), ("2026-02-11 00:00:00", 4m, "USD"));
        await using (var connection = await database.DataSource.OpenConnectionAsync())
        {
            foreach (var status in new[] { "FAILED", "PENDING", "REFUNDED" })
            {
                await SettlementRows.AddPaymentsAsync(connection, merchant, status, ("2026-02-10 10:00:00", 8m, "USD"));
            }
        }

        await _rows.SettleAsync("2026-02-11");

        Assert.Empty(await _rows.SettlementsAsync(foreign));
        Assert.Equal(2m, Assert.Single(await _rows.SettlementsAsync(merchant)).Total);

        await _rows.SettleAsync("2026-02-12");

        Assert.Equal([2m, 4m], (await _rows.SettlementsAsync(merchant)).Select(row => row.Total));
        Assert.Empty(await _rows.DifferencesAsync());
    }

    [Fact]
    public async Task Settling_again_changes_nothing()
    {
        var merchant = await _rows.AddMerchantAsync();
        await _rows.AddPaymentsAsync(merchant, ("2026-02-10 10:00:00", 100m, "USD"));
        await _rows.SettleAsync("2026-02-12");
        var before = await _rows.SettlementsAsync(merchant);

        Assert.Equal((0, 0, 0), await _rows.SettleAsync("2026-02-12"));
        Assert.Equal(before, await _rows.SettlementsAsync(merchant));
    }

    [Fact]
    public async Task Two_settle_runs_at_once_settle_each_payment_once()
    {
        var merchant = await _rows.AddMerchantAsync();
        await _rows.AddPaymentsAsync(merchant, [.. Enumerable.Range(0, 200).Select(at => ($"2026-02-10 10:{at % 60:D2}:00", 1m, "USD"))]);

        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _rows.SettleAsync("2026-02-12")));

        Assert.Equal(200, runs.Sum(run => run.Payments));
        Assert.Equal((200m, 200), Assert.Single((await _rows.SettlementsAsync(merchant)).Select(row => (row.Total, row.Payments))));
    }

    [Fact]
    public async Task A_payment_that_arrives_late_goes_into_its_pending_settlement_which_is_recomputed()
    {
        var merchant = await _rows.AddMerchantAsync();
        await _rows.AddPaymentsAsync(merchant, ("2026-02-10 10:00:00", 0.20m, "USD"));
        await _rows.SettleAsync("2026-02-11");
        await _rows.AddPaymentsAsync(merchant, ("2026-02-10 11:00:00", 0.20m, "USD"));

        Assert.Equal((0, 1, 1), await _rows.SettleAsync("2026-02-11"));

        var settlement = Assert.Single(await _rows.SettlementsAsync(merchant));
        Assert.Equal((0.40m, 0.01m, 0.39m, 2), (settlement.Total, settlement.Commission, settlement.Net, settlement.Payments));
        Assert.Empty(await _rows.DifferencesAsync());
    }

    [Theory]
    [InlineData("2026-02-12")]
    [InlineData(null)]
    public async Task A_payment_that_comes_too_late_for_a_paid_or_failed_settlement_goes_into_the_next_open_one(string? paidOn)
    {
        var merchant = await _rows.AddMerchantAsync();
        await _rows.AddPaymentsAsync(
            merchant,
            ("2026-02-10 10:00:00", 100m, "USD"),
            ("2026-02-11 10:00:00", 200m, "USD"),
            ("2026-02-12 10:00:00", 300m, "USD"),
            ("2026-02-11 10:00:00", 5_000m, "JPY"));
        await _rows.SettleAsync("2026-02-13");
        await _rows.CloseAsync(merchant, "2026-02-10", paidOn);
        var closed = (await _rows.SettlementsAsync(merchant)).Single(row => row.PeriodStart == "2026-02-10");
        await _rows.AddPaymentsAsync(merchant, ("2026-02-10 11:00:00", 1m, "USD"));

        Assert.Equal((0, 1, 1), await _rows.SettleAsync("2026-02-13"));

        var after = await _rows.SettlementsAsync(merchant);
        Assert.Contains(closed, after);
        Assert.Equal(
            [("JPY", 5_000m, 1), ("USD", 100m, 1), ("USD", 201m, 2), ("USD", 300m, 1)], after.Select(row => (row.Currency, row.Total, row.Payments)));
        Assert.Empty(await _rows.DifferencesAsync());
    }

    [Fact]
    public async Task The_next_open_settlement_may_be_one_that_the_same_run_makes()
    {
        var merchant = await _rows.AddMerchantAsync();
        await _rows.AddPaymentsAsync(merchant, ("2026-02-10 10:00:00", 100m, "USD"));
        await _rows.SettleAsync("2026-02-11");
        await _rows.CloseAsync(merchant, "2026-02-10", "2026-02-12");
        await _rows.AddPaymentsAsync(
            merchant, ("2026-02-10 11:00:00", 1m, "USD"), ("2026-02-15 11:00:00", 40m, "USD"), ("2026-02-17 11:00:00", 50m, "USD"));

        Assert.Equal((2, 0, 3), await _rows.SettleAsync("2026-02-20"));

        Assert.Equal(
            [("2026-02-10", 100m), ("2026-02-15", 41m), ("2026-02-17", 50m)],
            (await _rows.SettlementsAsync(merchant)).Select(row => (row.PeriodStart, row.Total)));
    }

    [Fact]
    public async Task Without_a_later_open_settlement_late_payments_make_one_for_the_last_completed_day()
    {
        var merchant = await _rows.AddMerchantAsync();
        await _rows.AddPaymentsAsync(merchant, ("2026-02-10 10:00:00", 100m, "USD"));
        await _rows.SettleAsync("2026-02-11");
        await _rows.CloseAsync(merchant, "2026-02-10", "2026-02-12");
        await _rows.AddPaymentsAsync(merchant, ("2026-02-10 11:00:00", 1m, "USD"), ("2026-02-10 12:00:00", 2m, "USD"));

        Assert.Equal((1, 0, 2), await _rows.SettleAsync("2026-02-20"));

        Assert.Equal(
            [("2026-02-10", "2026-02-12", 100m), ("2026-02-19", "2026-02-21", 3m)],
            (await _rows.SettlementsAsync(merchant)).Select(row => (row.PeriodStart, row.Expected, row.Total)));
    }

    [Fact]
    public async Task Late_payments_without_any_open_settlement_wait_until_there_is_one()
    {
        var merchant = await _rows.AddMerchantAsync();
        await _rows.AddPaymentsAsync(merchant, ("2026-02-10 10:00:00", 100m, "USD"));
        await _rows.SettleAsync("2026-02-11");
        await _rows.CloseAsync(merchant, "2026-02-10", "2026-02-10");
        await _rows.AddPaymentsAsync(merchant, ("2026-02-10 11:00:00", 1m, "USD"));

        Assert.Equal((0, 0, 0), await _rows.SettleAsync("2026-02-11"));
        Assert.Empty(await _rows.DifferencesAsync());
        Assert.Equal((1, 0, 1), await _rows.SettleAsync("2026-02-12"));

        Assert.Equal(
            [("2026-02-10", 100m), ("2026-02-11", 1m)], (await _rows.SettlementsAsync(merchant)).Select(row => (row.PeriodStart, row.Total)));
    }

    [Fact]
    public async Task A_batch_that_commits_after_a_later_one_was_settled_is_not_missed()
    {
        var merchant = await _rows.AddMerchantAsync();
        await using var slow = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await slow.BeginTransactionAsync();
        await SettlementRows.AddPaymentsAsync(slow, merchant, "SUCCESS", ("2026-02-10 10:00:00", 1m, "USD"));
        await _rows.AddPaymentsAsync(merchant, ("2026-02-10 11:00:00", 2m, "USD"));
        await _rows.SettleAsync("2026-02-11");
        await transaction.CommitAsync();

        await _rows.SettleAsync("2026-02-11");

        Assert.Equal(3m, Assert.Single(await _rows.SettlementsAsync(merchant)).Total);
    }

    [Fact]
    public async Task An_old_batch_with_payments_of_the_future_is_looked_at_again_when_their_day_is_over()
    {
        var merchant = await _rows.AddMerchantAsync();
        var batchId = await _rows.AddPaymentsAsync(merchant, ("2026-02-10 10:00:00", 1m, "USD"), ("2026-03-01 10:00:00", 2m, "USD"));
        await _rows.ExecuteAsync("alter sequence ops.batches_batch_id_seq restart with 100000");
        await _rows.AddPaymentsAsync(merchant, ("2026-02-11 10:00:00", 4m, "USD"));
        await _rows.SettleAsync("2026-02-12");

        Assert.Equal(new DateOnly(2026, 3, 1), await UnsettledFromAsync(batchId));

        await _rows.AddPaymentsAsync(merchant, ("2026-02-28 10:00:00", 8m, "USD"));
        await _rows.SettleAsync("2026-03-02");

        Assert.Null(await UnsettledFromAsync(batchId));
        Assert.Equal([1m, 4m, 8m, 2m], (await _rows.SettlementsAsync(merchant)).Select(row => row.Total));
    }

    [Fact]
    public async Task A_merchant_that_settles_from_an_earlier_day_on_has_its_older_payments_settled()
    {
        var merchant = await _rows.AddMerchantAsync(isSettled: false);
        await _rows.AddPaymentsAsync(
            merchant, ("2026-02-10 10:00:00", 1m, "USD"), ("2026-02-11 10:00:00", 2m, "USD"), ("2026-02-12 10:00:00", 4m, "USD"), ("2026-02-20 10:00:00", 8m, "USD"));
        await _rows.SettleAsync("2026-02-13");
        Assert.Empty(await _rows.SettlementsAsync(merchant));

        await SettlesFromAsync("2026-02-12");
        await _rows.SettleAsync("2026-02-13");
        Assert.Equal([4m], (await _rows.SettlementsAsync(merchant)).Select(row => row.Total));

        await SettlesFromAsync("2026-02-11");
        await _rows.SettleAsync("2026-02-13");
        Assert.Equal([2m, 4m], (await _rows.SettlementsAsync(merchant)).Select(row => row.Total));

        // Paused; what comes meanwhile is settled when it goes on.
        await SettlesFromAsync(null);
        await _rows.AddPaymentsAsync(merchant, ("2026-02-12 11:00:00", 16m, "USD"));
        Assert.Equal((0, 0, 0), await _rows.SettleAsync("2026-02-21"));
        await SettlesFromAsync("2026-02-12");
        await _rows.SettleAsync("2026-02-21");
        Assert.Equal([2m, 20m, 8m], (await _rows.SettlementsAsync(merchant)).Select(row => row.Total));
        Assert.Empty(await _rows.DifferencesAsync());

        Task SettlesFromAsync(string? day) => _rows.ExecuteAsync(
            "update merchants set settles_from = $2::date where merchant_id = $1", merchant, (object?)day ?? DBNull.Value);
    }

    [Fact]
    public async Task Ids_of_settlements_fit_whatever_the_id_of_the_merchant()
    {
        var merchant = await _rows.AddMerchantAsync(id: new string('m', 50));
        await _rows.AddPaymentsAsync(merchant, ("2026-02-10 10:00:00", 1m, "USD"));

        await _rows.SettleAsync("2026-02-11");

        Assert.Matches("^STL-20260210-USD-[0-9a-f]{32}$", Assert.Single(await _rows.SettlementsAsync(merchant)).Id);
    }

    private async Task<DateOnly?> UnsettledFromAsync(long batchId) => await _rows.ReadOneAsync(
        "select unsettled_from from ops.batches where batch_id = $1",
        reader => reader.IsDBNull(0) ? (DateOnly?)null : reader.GetFieldValue<DateOnly>(0),
        batchId);
}
