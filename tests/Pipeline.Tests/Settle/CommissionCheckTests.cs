using Payments.Testing;

namespace Payments.Pipeline.Tests.Settle;

/// <summary>Settlements that were paid with a commission that is not, or no longer, what fees and rates make it: each cause by itself.</summary>
public sealed class CommissionCheckTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly SettlementRows _rows = new(database);

    [Fact]
    public async Task Fees_and_rates_as_they_were_charged_make_no_difference()
    {
        var (merchant, _) = await PaidAsync();

        Assert.Empty(await CheckAsync(merchant));
    }

    [Fact]
    public async Task A_fee_entered_for_days_gone_by_is_a_changed_fee()
    {
        var (merchant, id) = await PaidAsync();
        await _rows.ExecuteAsync("insert into settlement.fees (merchant_id, payment_method, currency, percent, fixed_amount, valid_from, author) values ($1, null, 'USD', 2.5, 0.30, '2026-01-01', 'test')", merchant);

        // 2.5 % of 300.00 and three times 0.30.
        Assert.Equal([$"{id} 7.50 8.40 -0.90 fee_changed 3"], await CheckAsync(merchant));
    }

    [Fact]
    public async Task A_rate_corrected_for_days_gone_by_is_a_changed_rate()
    {
        var (merchant, id) = await PaidAsync();
        await _rows.ExecuteAsync("insert into settlement.commission_rates (merchant_id, valid_until, commission_rate) values ($1, '2026-02-11', 3)", merchant);

        Assert.Equal([$"{id} 7.50 9.00 -1.50 rate_changed 3"], await CheckAsync(merchant));
    }

    [Theory]
    [InlineData("0.01", "rounding")]
    [InlineData("-0.01", "rounding")]
    [InlineData("0.02", "unknown")]
    [InlineData("5.00", "unknown")]
    public async Task A_commission_that_is_off_by_the_last_digit_was_rounded_otherwise_and_by_more_nobody_knows_why(string off, string cause)
    {
        var (merchant, id) = await PaidAsync();
        await _rows.ExecuteAsync("update settlements set commission_amount = commission_amount + $2::text::numeric, net_amount = net_amount - $2::text::numeric where merchant_id = $1", merchant, off);

        Assert.Equal([$"{id} {7.50m + decimal.Parse(off, System.Globalization.CultureInfo.InvariantCulture):0.00} 7.50 {off} {cause} 0"], await CheckAsync(merchant));
    }

    [Fact]
    public async Task A_settlement_that_lacks_one_of_its_payments_has_changed_payments_whatever_else_has_changed()
    {
        var (merchant, id) = await PaidAsync();
        await _rows.ExecuteAsync("insert into settlement.fees (merchant_id, payment_method, currency, percent, fixed_amount, valid_from, author) values ($1, null, 'USD', 2.5, 0.30, '2026-01-01', 'test')", merchant);
        await _rows.ExecuteAsync("delete from settlement_payments where settlement_id = $1 and payment_id = (select min(payment_id) from settlement_payments where settlement_id = $1)", id);

        Assert.Equal([$"{id} 7.50 5.60 1.90 payments_changed 2"], await CheckAsync(merchant));
    }

    [Fact]
    public async Task A_page_ends_when_it_is_full_and_the_next_one_goes_on_behind_it()
    {
        var merchant = await _rows.AddMerchantAsync();
        await _rows.AddPaymentsAsync(merchant, [.. Enumerable.Range(1, 20).Select(day => ($"2026-03-{day:00} 10:00:00", 100m, "USD"))]);
        await _rows.SettleAsync("2026-03-22");
        await _rows.ExecuteAsync("update settlements set commission_amount = 1, net_amount = total_amount - 1 where merchant_id = $1", merchant);

        var seen = new List<string>();
        for (var before = (string?)null; seen.Count < 20; before = seen[^1])
        {
            var page = await _rows.ReadAsync(
                "select settlement_id from pipeline.find_commission_differences($1, null, null, 'unknown', '2026-03-01', '2026-03-31', nullif($2, ''), 7) order by settlement_id desc limit 7",
                reader => reader.GetString(0),
                merchant,
                before ?? "");
            Assert.NotEmpty(page);
            seen.AddRange(page);
        }

        Assert.Equal(Enumerable.Range(1, 20).Reverse().Select(day => $"STL-202603{day:00}-USD-{merchant}"), seen);
    }

    /// <summary>A settlement of three payments of 100.00 on 10 February, at 2.5 %, paid on the 12th.</summary>
    private async Task<(string Merchant, string Id)> PaidAsync()
    {
        var merchant = await _rows.AddMerchantAsync();
        await _rows.AddPaymentsAsync(merchant, [.. Enumerable.Range(0, 3).Select(hour => ($"2026-02-10 1{hour}:00:00", 100m, "USD"))]);
        await _rows.SettleAsync("2026-02-11");
        await _rows.CloseAsync(merchant, "2026-02-10", "2026-02-12");
        return (merchant, Assert.Single(await _rows.SettlementsAsync(merchant)).Id);
    }

    private Task<List<string>> CheckAsync(string merchant) => _rows.ReadAsync(
        """
        select concat_ws(' ', settlement_id, round(stored_amount, 2), round(recomputed_amount, 2), round(difference, 2), cause, payments_affected)
        from pipeline.find_commission_differences($1, null, null, null, null, null)
        """,
        reader => reader.GetString(0),
        merchant);
}
