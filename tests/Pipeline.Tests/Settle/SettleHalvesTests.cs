using Npgsql;
using Payments.Testing;

namespace Payments.Pipeline.Tests.Settle;

/// <summary>A backlog is settled in two transactions: whichever of them does not last, the next run settles what is left.</summary>
public sealed class SettleHalvesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateOnly AsOf = new(2026, 2, 12);
    private readonly SettlementRows _rows = new(database);

    [Fact]
    public async Task A_backlog_is_settled_and_no_longer_looked_for()
    {
        var merchants = await AddBacklogAsync();

        var result = await _rows.SettleHalvesAsync(AsOf);

        Assert.Equal((16, 0, 24), (result.Added, result.Recomputed, result.PaymentsSettled));
        await AssertSettledAsync(merchants);
        Assert.Equal(0, (await _rows.SettleHalvesAsync(AsOf)).PaymentsSettled);
    }

    [Fact]
    public async Task What_was_settled_before_a_kill_is_not_settled_again()
    {
        var merchants = await AddBacklogAsync();
        // What lasts when the worker is killed after one half is committed, and before the other is.
        await _rows.ExecuteAsync(
            """
            select pipeline.mark_looked_at(plan.due_batches), done.payments_settled
            from pipeline.plan_settling($1) as plan
            cross join lateral pipeline.settle_merchants(
                $1, plan.due_batches, plan.looked_at_batches, $2, array_fill('2026-01-01'::date, array[5]), array_fill(null::date, array[5])
            ) as done
            """,
            AsOf,
            merchants.Take(5).ToArray());

        var after = await _rows.SettleAsync("2026-02-12");

        Assert.Equal((6, 9), (after.Added, after.Payments));
        await AssertSettledAsync(merchants);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public async Task A_half_that_fails_leaves_a_backlog_that_the_next_run_settles(int failing)
    {
        var merchants = await AddBacklogAsync();
        await _rows.ExecuteAsync($"alter table settlements add constraint refused check (merchant_id <> '{merchants[failing]}') not valid");
        try
        {
            var error = await Assert.ThrowsAsync<PostgresException>(() => _rows.SettleHalvesAsync(AsOf));
            Assert.Equal("refused", error.ConstraintName);
        }
        finally
        {
            await _rows.ExecuteAsync("alter table settlements drop constraint refused");
        }

        await _rows.SettleHalvesAsync(AsOf);

        await AssertSettledAsync(merchants);
    }

    /// <summary>Eight merchants with three payments each, of two days, in batches of their own.</summary>
    private async Task<List<string>> AddBacklogAsync()
    {
        var merchants = new List<string>();
        for (var number = 0; number < 8; number++)
        {
            var merchant = await _rows.AddMerchantAsync();
            await _rows.AddPaymentsAsync(
                merchant, ("2026-02-09 08:00:00", 100.00m, "USD"), ("2026-02-10 09:00:00", 50.50m, "USD"), ("2026-02-10 10:00:00", 8.00m, "USD"));
            merchants.Add(merchant);
        }

        return merchants;
    }

    private async Task AssertSettledAsync(List<string> merchants)
    {
        foreach (var merchant in merchants)
        {
            Assert.Equal(
                [
                    new($"STL-20260209-USD-{merchant}", "USD", "2026-02-09", "2026-02-10", "2026-02-11", 100.00m, 2.50m, 97.50m, 1, "PENDING", false),
                    new($"STL-20260210-USD-{merchant}", "USD", "2026-02-10", "2026-02-11", "2026-02-12", 58.50m, 1.46m, 57.04m, 2, "PENDING", false),
                ],
                await _rows.SettlementsAsync(merchant));
        }

        Assert.Empty(await _rows.DifferencesAsync());
        Assert.Equal([0L], await _rows.ReadAsync("select count(*) from ops.batches where unsettled_from is not null", reader => reader.GetInt64(0)));
    }
}
