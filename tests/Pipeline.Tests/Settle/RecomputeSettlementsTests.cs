using Payments.Testing;

namespace Payments.Pipeline.Tests.Settle;

public sealed class RecomputeSettlementsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly SettlementRows _rows = new(database);

    [Fact]
    public async Task Wrong_open_settlements_become_the_sums_of_their_payments_and_nothing_else_changes()
    {
        var merchant = await _rows.AddMerchantAsync(rate: 2.5m);
        await _rows.AddPaymentsAsync(merchant, [.. Enumerable.Range(1, 6).Select(day => ($"2026-03-{day:D2} 10:00:00", 100m * day, day == 2 ? "JPY" : "USD"))]);
        await _rows.SettleAsync("2026-03-10");
        var right = await _rows.SettlementsAsync(merchant);
        await _rows.ExecuteAsync("update settlements set status = 'COMPLETED', settlement_date = '2026-03-09', payment_count = 9 where merchant_id = $1 and period_start = '2026-03-05'", merchant);
        await _rows.ExecuteAsync("update settlements set status = 'FAILED', payment_count = 9 where merchant_id = $1 and period_start = '2026-03-06'", merchant);

        // Total, commission, count, adjustment: each alone.
        await _rows.ExecuteAsync("update settlements set total_amount = 1, net_amount = 1 - commission_amount where merchant_id = $1 and period_start = '2026-03-01'", merchant);
        await _rows.ExecuteAsync("update settlements set commission_amount = 0, net_amount = total_amount where merchant_id = $1 and period_start = '2026-03-02'", merchant);
        await _rows.ExecuteAsync("update settlements set payment_count = 7 where merchant_id = $1 and period_start = '2026-03-03'", merchant);
        await _rows.ExecuteAsync("update settlements set adjustment_amount = -3, net_amount = net_amount - 3 where merchant_id = $1 and period_start = '2026-03-04'", merchant);

        var one = right.Single(settlement => settlement.PeriodStart == "2026-03-03").Id;
        Assert.Equal([one], await RecomputeAsync(one));
        Assert.Equal(right.Where(settlement => settlement.PeriodStart is "2026-03-01" or "2026-03-02" or "2026-03-04").Select(settlement => settlement.Id).Order(), await RecomputeAsync(null));
        Assert.Equal(
            right.Select(settlement => settlement.PeriodStart switch
            {
                "2026-03-05" => settlement with { Payments = 9, Status = "COMPLETED" },
                "2026-03-06" => settlement with { Payments = 9, Status = "FAILED" },
                _ => settlement,
            }),
            await _rows.SettlementsAsync(merchant));
        Assert.Empty(await RecomputeAsync(null));
    }

    [Fact]
    public async Task A_settlement_whose_payments_are_not_all_in_the_store_is_left_alone()
    {
        var merchant = await _rows.AddMerchantAsync();
        await _rows.AddPaymentsAsync(merchant, ("2026-04-01 10:00:00", 10m, "USD"), ("2026-04-01 11:00:00", 20m, "USD"));
        await _rows.SettleAsync("2026-04-10");
        await _rows.ExecuteAsync("delete from payments where merchant_id = $1 and amount = 20", merchant);
        Assert.Empty(await RecomputeAsync(null));
    }

    private Task<List<string>> RecomputeAsync(string? settlement) => _rows.ReadAsync(
        $"select settlement_id from pipeline.recompute_settlements({(settlement is null ? "null" : $"array['{settlement}']")}) order by settlement_id", reader => reader.GetString(0));
}
