using Payments.Testing;

namespace Payments.Pipeline.Tests.Settle;

public sealed class CheckSettlementsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly SettlementRows _rows = new(database);

    [Fact]
    public async Task Whatever_arrives_in_whatever_order_is_settled_once_and_to_the_cent()
    {
        var random = new Random(20260210);
        var digits = new Dictionary<string, int> { ["USD"] = 2, ["JPY"] = 0, ["KWD"] = 3 };
        var merchants = new List<string>();
        for (var at = 0; at < 6; at++)
        {
            merchants.Add(await _rows.AddMerchantAsync(rate: random.Next(15_000, 50_000) / 10_000m));
        }

        for (var day = 1; day <= 14; day++)
        {
            // Mostly today's payments, some of the days before, some of days to come.
            for (var batch = 0; batch < 3; batch++)
            {
                var payments = Enumerable.Range(0, random.Next(1, 12)).Select(_ =>
                {
                    var of = Math.Clamp(day + (random.Next(4) == 0 ? random.Next(-6, 3) : 0), 1, 28);
                    var currency = digits.Keys.ElementAt(random.Next(3));
                    return ($"2026-02-{of:D2} {random.Next(24):D2}:00:00", random.Next(1, 100_000) / (decimal)Math.Pow(10, digits[currency]), currency);
                });
                await _rows.AddPaymentsAsync(merchants[random.Next(merchants.Count)], [.. payments]);
            }

            await _rows.SettleAsync($"2026-02-{day:D2}");
            Assert.Empty(await _rows.DifferencesAsync());
            await _rows.ExecuteAsync(
                """
                update settlements set status = 'COMPLETED', settlement_date = $1::date
                where status = 'PENDING' and expected_settlement_date <= $1::date and abs(hashtext(settlement_id)) % 4 < 3
                """,
                $"2026-02-{day:D2}");
        }

        Assert.NotEqual(0, (await _rows.SettleAsync("2026-03-10")).Payments);
        Assert.Empty(await _rows.DifferencesAsync());

        var payment = await _rows.ReadAsync(
            "select payment_id, merchant_id, currency, amount from payments order by payment_id",
            reader => (Id: reader.GetString(0), Merchant: reader.GetString(1), Currency: reader.GetString(2), Amount: reader.GetDecimal(3)));
        var links = (await _rows.ReadAsync(
            "select payment_id, settlement_id from settlement_payments", reader => (Payment: reader.GetString(0), Settlement: reader.GetString(1)))).ToDictionary();
        Assert.Equal(payment.Select(row => row.Id).Order(), links.Keys.Order());

        var rates = (await _rows.ReadAsync("select merchant_id, commission_rate from merchants", reader => (reader.GetString(0), reader.GetDecimal(1)))).ToDictionary();
        foreach (var merchant in merchants)
        {
            foreach (var settlement in await _rows.SettlementsAsync(merchant))
            {
                var own = payment.Where(row => links[row.Id] == settlement.Id).ToList();
                Assert.All(own, row => Assert.Equal((merchant, settlement.Currency), (row.Merchant, row.Currency)));
                Assert.Equal(own.Count, settlement.Payments);
                Assert.Equal(own.Sum(row => row.Amount), settlement.Total);
                Assert.Equal(
                    decimal.Round(settlement.Total * rates[merchant] / 100, digits[settlement.Currency], MidpointRounding.AwayFromZero), settlement.Commission);
                Assert.Equal(settlement.Total - settlement.Commission, settlement.Net);
            }
        }
    }

    [Theory]
    [InlineData("update settlements set total_amount = total_amount + 0.01, net_amount = net_amount + 0.01 where merchant_id = $1", "total or count is not that of its payments")]
    [InlineData("update settlements set payment_count = 2 where merchant_id = $1", "total or count is not that of its payments")]
    [InlineData("update settlements set commission_amount = 0, net_amount = total_amount where merchant_id = $1", "commission is not that of its payments")]
    [InlineData("delete from settlements where merchant_id = $1", "settlement does not exist")]
    [InlineData("update payments set merchant_id = 'other' where merchant_id = $1", "payment of another merchant or currency")]
    [InlineData(
        "with link as (delete from settlement_payments where settlement_id like '%-' || $1) update settlements set total_amount = 0, commission_amount = 0, net_amount = 0, payment_count = 0 where merchant_id = $1",
        "payment is unsettled and no longer looked for")]
    public async Task Whatever_does_not_add_up_is_told(string damage, string difference)
    {
        var merchant = await _rows.AddMerchantAsync();
        await _rows.AddPaymentsAsync(merchant, ("2026-06-10 10:00:00", 100m, "USD"));
        await _rows.SettleAsync("2026-06-11");
        Assert.Empty(await _rows.DifferencesAsync());

        await _rows.ExecuteAsync(damage, merchant);

        Assert.Equal([difference], await _rows.DifferencesAsync());
        await _rows.ExecuteAsync("delete from settlement_payments where settlement_id like '%-' || $1", merchant);
        await _rows.ExecuteAsync("delete from settlements where merchant_id = $1", merchant);
        await _rows.ExecuteAsync("delete from payments where merchant_id in ($1, 'other')", merchant);
    }
}
