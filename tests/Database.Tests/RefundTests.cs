using Npgsql;
using Payments.Testing;

namespace Payments.Database.Tests;

/// <summary>Settlements follow payments that move: late successes are settled, refunds leave open settlements and are taken back from closed ones.</summary>
public sealed class RefundTests : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const string Settlements =
        """
        select currency, period_start::text, total_amount, commission_amount, adjustment_amount, net_amount, payment_count, status
        from public.settlements
        order by merchant_id, currency, period_start
        """;

    private const string Adjustments = "select payment_id, amount, settled_in, settlement_id from public.settlement_adjustments order by payment_id";

    private readonly NpgsqlDataSource _database;

    public RefundTests(TestDatabase database) => _database = database.DataSource;

    public Task InitializeAsync() => _database.ExecuteAsync(
        """
        truncate public.refunds, public.disputes, ops.claim_history, risk.labels, public.payments, public.payment_keys, public.settlement_payments, public.settlement_adjustments, public.settlements, settlement.reserves, settlement.carries, settlement.commission_rates, sla.incidents, sla.incident_events,
            ops.settled_merchants, rollup.payment_days, rollup.day_totals, rollup.merchant_totals, rollup.customer_totals, ops.payment_history;
        insert into public.customers (customer_id, customer_name) values ('C1', 'One') on conflict do nothing;
        insert into public.merchants (merchant_id, merchant_name, commission_rate, settles_from)
        values ('M1', 'Shop', 2.5, '2025-01-01'), ('M2', 'Shop', 1, '2025-01-01') on conflict do nothing
        """);

    public Task DisposeAsync() => _database.AssertExactAsync();

    [Fact]
    public async Task A_payment_that_becomes_successful_is_settled_like_a_new_one()
    {
        await _database.LoadAsync(On(10, "P1", 100m), On(10, "P2", 50m) with { Status = "PENDING" });
        await SettleAsync(12);
        Assert.Equal(["USD|2025-01-10|100.000|2.500|0.000|97.500|1|PENDING"], await _database.RowsAsync(Settlements));

        await _database.UpdateAsync(On(10, "P2", 50m));
        await _database.AssertExactAsync();
        await SettleAsync(12);

        Assert.Equal(["USD|2025-01-10|150.000|3.750|0.000|146.250|2|PENDING"], await _database.RowsAsync(Settlements));
        Assert.Equal(["0"], await _database.RowsAsync("select count(*) from ops.batches where loaded_at is not null and unsettled_from is not null"));
    }

    [Fact]
    public async Task A_success_that_comes_after_the_payout_goes_into_the_next_open_settlement()
    {
        await _database.LoadAsync(On(10, "P1", 100m), On(10, "P2", 50m) with { Status = "PENDING" }, On(11, "P3", 10m));
        await SettleAsync(12);
        await CloseAsync(10, "COMPLETED");

        await _database.UpdateAsync(On(10, "P2", 50m));
        await SettleAsync(12);

        Assert.Equal(
            ["USD|2025-01-10|100.000|2.500|0.000|97.500|1|COMPLETED", "USD|2025-01-11|60.000|1.500|0.000|58.500|2|PENDING"],
            await _database.RowsAsync(Settlements));
    }

    [Fact]
    public async Task A_payment_refunded_before_it_was_settled_never_is()
    {
        await _database.LoadAsync(On(10, "P1", 100m), On(10, "P2", 50m) with { Status = "PENDING" });
        await _database.UpdateAsync(On(10, "P1", 100m) with { Status = "REFUNDED" }, On(10, "P2", 50m), On(10, "P2", 50m) with { Status = "REFUNDED" });
        await SettleAsync(12);

        Assert.Empty(await _database.RowsAsync(Settlements));
        Assert.Empty(await _database.RowsAsync(Adjustments));
    }

    [Fact]
    public async Task A_refund_before_the_payout_leaves_the_settlement_which_is_recomputed_with_one_rounding()
    {
        await _database.LoadAsync(On(10, "P1", 0.20m), On(10, "P2", 0.20m), On(10, "P3", 0.20m));
        await SettleAsync(12);
        Assert.Equal(["USD|2025-01-10|0.600|0.020|0.000|0.580|3|PENDING"], await _database.RowsAsync(Settlements));

        await _database.UpdateAsync(On(10, "P2", 0.20m) with { Status = "REFUNDED" });

        Assert.Equal(["USD|2025-01-10|0.400|0.010|0.000|0.390|2|PENDING"], await _database.RowsAsync(Settlements));
        Assert.Equal(["P1", "P3"], await _database.RowsAsync("select payment_id from public.settlement_payments order by payment_id"));
        Assert.Empty(await _database.RowsAsync(Adjustments));
        await SettleAsync(12);
        Assert.Equal(["USD|2025-01-10|0.400|0.010|0.000|0.390|2|PENDING"], await _database.RowsAsync(Settlements));
    }

    [Fact]
    public async Task An_open_settlement_that_holds_nothing_more_goes()
    {
        await _database.LoadAsync(On(10, "P1", 100m), On(11, "P2", 30m));
        await SettleAsync(12);

        await _database.UpdateAsync(On(10, "P1", 100m) with { Status = "REFUNDED" });

        Assert.Equal(["USD|2025-01-11|30.000|0.750|0.000|29.250|1|PENDING"], await _database.RowsAsync(Settlements));
    }

    [Theory]
    [InlineData("COMPLETED")]
    [InlineData("FAILED")]
    public async Task A_refund_after_the_payout_is_taken_back_once_by_the_next_open_settlement(string outcome)
    {
        await _database.LoadAsync(
            On(10, "P1", 100m), On(10, "P2", 50m), On(11, "P3", 30m), On(12, "P4", 20m), On(12, "P5", 9m), On(9, "P6", 8m),
            On(11, "J1", 500m) with { Currency = "JPY" }, On(11, "O1", 5m) with { Merchant = "M2" });
        await SettleAsync(13);
        await CloseAsync(10, outcome);
        await CloseAsync(11, outcome);
        var closed = await _database.RowsAsync("select * from public.settlements where status <> 'PENDING' order by settlement_id");
        var links = await _database.RowsAsync("select * from public.settlement_payments order by payment_id");

        await _database.UpdateAsync(On(10, "P1", 100m) with { Status = "REFUNDED" }, On(11, "P3", 30m) with { Status = "REFUNDED" });
        await SettleAsync(13);

        Assert.Equal(closed, await _database.RowsAsync("select * from public.settlements where status <> 'PENDING' order by settlement_id"));
        Assert.Equal(links, await _database.RowsAsync("select * from public.settlement_payments order by payment_id"));
        Assert.Equal(
            ["USD|2025-01-09|8.000|0.200|0.000|7.800|1|PENDING", "USD|2025-01-12|29.000|0.730|-130.000|-101.730|2|PENDING"],
            await _database.RowsAsync(Settlements.Replace("order by", "where status = 'PENDING' and merchant_id = 'M1' and currency = 'USD' order by")));
        Assert.Equal(
            ["P1|-100.000|STL-20250110-USD-M1|STL-20250112-USD-M1", "P3|-30.000|STL-20250111-USD-M1|STL-20250112-USD-M1"],
            await _database.RowsAsync(Adjustments));
    }

    [Fact]
    public async Task An_adjustment_stays_with_what_carries_it_through_late_payments_refunds_and_payout()
    {
        await _database.LoadAsync(On(10, "P1", 100m), On(11, "P2", 30m));
        await SettleAsync(12);
        await CloseAsync(10, "COMPLETED");
        await _database.UpdateAsync(On(10, "P1", 100m) with { Status = "REFUNDED" });
        Assert.Equal("USD|2025-01-11|30.000|0.750|-100.000|-70.750|1|PENDING", (await _database.RowsAsync(Settlements))[1]);

        await _database.LoadAsync(On(11, "P3", 70m));
        await SettleAsync(12);
        Assert.Equal("USD|2025-01-11|100.000|2.500|-100.000|-2.500|2|PENDING", (await _database.RowsAsync(Settlements))[1]);

        await _database.UpdateAsync(On(11, "P2", 30m) with { Status = "REFUNDED" }, On(11, "P3", 70m) with { Status = "REFUNDED" });
        Assert.Equal("USD|2025-01-11|0.000|0.000|-100.000|-100.000|0|PENDING", (await _database.RowsAsync(Settlements))[1]);

        await CloseAsync(11, "COMPLETED");
        await _database.LoadAsync(On(12, "P4", 1m));
        await SettleAsync(13);
        Assert.Equal(
            ["USD|2025-01-11|0.000|0.000|-100.000|-100.000|0|COMPLETED", "USD|2025-01-12|1.000|0.030|0.000|0.970|1|PENDING"],
            (await _database.RowsAsync(Settlements))[1..]);
    }

    [Fact]
    public async Task An_adjustment_waits_until_there_is_an_open_settlement()
    {
        await _database.LoadAsync(On(10, "P1", 100m), On(11, "O1", 5m) with { Merchant = "M2" }, On(11, "J1", 500m) with { Currency = "JPY" });
        await SettleAsync(12);
        await CloseAsync(10, "COMPLETED");

        await _database.UpdateAsync(On(10, "P1", 100m) with { Status = "REFUNDED" });
        await SettleAsync(12);
        Assert.Equal(["P1|-100.000|STL-20250110-USD-M1|"], await _database.RowsAsync(Adjustments));
        Assert.Equal(["0.000"], await _database.RowsAsync("select sum(adjustment_amount) from public.settlements"));

        await _database.LoadAsync(On(15, "P2", 300m), On(14, "P3", 200m));
        await SettleAsync(16);

        Assert.Equal(["P1|-100.000|STL-20250110-USD-M1|STL-20250114-USD-M1"], await _database.RowsAsync(Adjustments));
        Assert.Equal(
            ["200.000|5.000|-100.000|95.000"],
            await _database.RowsAsync(
                "select total_amount, commission_amount, adjustment_amount, net_amount from public.settlements where settlement_id = 'STL-20250114-USD-M1'"));
    }

    [Fact]
    public async Task A_settle_run_and_refunds_at_once_leave_every_amount_exact()
    {
        StagedPayment[] payments = [.. Enumerable.Range(0, 100).Select(number => On(10, $"P{number}", 1m) with { Status = "PENDING" })];
        await _database.LoadAsync(payments);
        await SettleAsync(12);
        StagedPayment[] moved = [.. payments.Select(payment => payment with { Status = "SUCCESS" })];

        await Task.WhenAll(_database.UpdateAsync(moved[..50]), SettleLoadedAsync(12));
        await Task.WhenAll(_database.UpdateAsync([.. moved[50..], .. moved[..20].Select(payment => payment with { Status = "REFUNDED" })]), SettleLoadedAsync(12));
        await SettleAsync(12);

        Assert.Equal(["USD|2025-01-10|80.000|2.000|0.000|78.000|80|PENDING"], await _database.RowsAsync(Settlements));
    }

    [Theory]
    [InlineData("update public.settlements set adjustment_amount = -99, net_amount = net_amount + 1 where adjustment_amount < 0", "adjustment is not that of what it carries")]
    [InlineData("delete from public.settlement_adjustments", "adjustment is not that of what it carries|adjustments are not what refunds and disputes take back")]
    [InlineData("update public.payments set payment_status = 'FAILED' where payment_id = 'P1'", "adjustments are not what refunds and disputes take back|payment is neither SUCCESS nor REFUNDED")]
    [InlineData("update public.settlement_adjustments set settlement_id = 'STL'", "adjustment is carried by no settlement of its merchant and currency|adjustment is not that of what it carries")]
    public async Task Adjustments_that_do_not_add_up_are_told(string damage, string differences)
    {
        await _database.LoadAsync(On(10, "P1", 100m), On(11, "P2", 30m));
        await SettleAsync(12);
        await CloseAsync(10, "COMPLETED");
        await _database.UpdateAsync(On(10, "P1", 100m) with { Status = "REFUNDED" });
        await _database.AssertExactAsync();

        await _database.ExecuteAsync(damage);

        Assert.Equal(differences.Split('|'), await _database.RowsAsync("select difference from pipeline.check_settlements() order by difference"));
        await InitializeAsync();
    }

    [Fact]
    public async Task A_history_that_does_not_lead_to_the_payment_is_told()
    {
        await _database.LoadAsync(new StagedPayment("P1") { Status = "PENDING" });
        await _database.UpdateAsync(new StagedPayment("P1"));
        await _database.AssertExactAsync();

        await _database.ExecuteAsync("update ops.payment_history set new_status = 'FAILED'");

        Assert.Equal(
            ["ops.payment_history|P1|FAILED|SUCCESS"], await _database.RowsAsync("select subject, row_key, expected, actual from pipeline.find_rollup_differences()"));
        await InitializeAsync();
    }

    [Fact]
    public async Task Removing_generated_rows_takes_their_adjustments_out_and_lets_real_ones_wait()
    {
        await _database.ExecuteAsync(
            """
            insert into public.merchants (merchant_id, merchant_name, commission_rate, settles_from, is_generated) values ('G1', 'G', 0, '2025-01-01', true)
            """);
        await LoadGeneratedAsync(On(10, "P1", 100m) with { Merchant = "G1" }, On(11, "P2", 30m) with { Merchant = "G1" }, On(10, "P3", 7m));
        await _database.LoadAsync(On(10, "R1", 5m) with { Merchant = "G1" }, On(10, "R2", 6m), On(11, "R3", 8m));
        await SettleAsync(12);
        await CloseAsync(10, "COMPLETED");
        await _database.UpdateAsync(
            On(10, "P1", 100m) with { Merchant = "G1", Status = "REFUNDED" },
            On(10, "R1", 5m) with { Merchant = "G1", Status = "REFUNDED" },
            On(10, "P3", 7m) with { Status = "REFUNDED" });
        Assert.Equal(
            ["-105.000|G1", "-7.000|M1"],
            await _database.RowsAsync("select adjustment_amount, merchant_id from public.settlements where adjustment_amount < 0 order by merchant_id"));

        await _database.RowsAsync("select * from pipeline.remove_generated()");

        Assert.Equal(["R1|-5.000|STL-20250110-USD-G1|"], await _database.RowsAsync(Adjustments));
        Assert.Equal(["R1"], await _database.RowsAsync("select payment_id from ops.payment_history"));
        Assert.Equal(
            ["STL-20250110-USD-G1|5.000|0.000|5.000", "STL-20250110-USD-M1|6.000|0.000|5.850", "STL-20250111-USD-M1|8.000|0.000|7.800"],
            await _database.RowsAsync("select settlement_id, total_amount, adjustment_amount, net_amount from public.settlements order by settlement_id"));
    }

    [Fact]
    public async Task Inserts_moves_settling_and_payouts_in_any_order_leave_everything_exact()
    {
        const int seed = 20250301;
        var random = new Random(seed);
        string[] statuses = ["PENDING", "SUCCESS", "FAILED", "REFUNDED"];
        var known = new Dictionary<string, StagedPayment>();
        for (var round = 0; round < 40; round++)
        {
            var (accepted, duplicates, refused) = (0, 0, new List<string>());
            var isUpdate = random.Next(4) > 0;
            var batch = new List<StagedPayment>();
            for (var record = 0; record < 60; record++)
            {
                var id = $"R{random.Next(600)}";
                var payment = known.TryGetValue(id, out var stored) && random.Next(20) > 0
                    ? stored with { Status = statuses[random.Next(4)] }
                    : On(random.Next(1, 29), id, random.Next(1, 100_000) / 100m) with
                    {
                        Merchant = $"M{random.Next(1, 3)}",
                        Currency = random.Next(3) == 0 ? "EUR" : "USD",
                        Status = statuses[random.Next(4) * random.Next(2)],
                    };
                batch.Add(payment);
                if (stored is null)
                {
                    known.Add(id, payment);
                    accepted++;
                }
                else if (stored == payment)
                {
                    duplicates++;
                }
                else if (!isUpdate || stored with { Status = payment.Status } != payment)
                {
                    refused.Add("payment_id.conflict");
                }
                else if ((stored.Status, payment.Status) is ("PENDING", "SUCCESS" or "FAILED") or ("SUCCESS", "REFUNDED"))
                {
                    known[id] = payment;
                    accepted++;
                }
                else
                {
                    refused.Add("status.transition");
                }
            }

            var outcome = await (isUpdate ? _database.UpdateAsync([.. batch]) : _database.LoadAsync([.. batch]));
            Assert.Equal((accepted, duplicates), (outcome.Accepted, outcome.Duplicates));
            Assert.Equal(refused, outcome.Refused.Select(refusal => Assert.Single(refusal.Reasons)));
            if (random.Next(3) == 0) await SettleAsync(random.Next(2, 29));
            if (random.Next(4) == 0) await CloseAsync(random.Next(1, 28), random.Next(4) == 0 ? "FAILED" : "COMPLETED");
            await _database.AssertExactAsync();
        }

        Assert.Equal(
            known.Values.OrderBy(payment => payment.Id, StringComparer.Ordinal).Select(payment => $"{payment.Id}|{payment.Status}"),
            await _database.RowsAsync("select payment_id, payment_status from public.payments order by payment_id"));
        await SettleAsync(31);
        await SettleAsync(31);
        var owed = known.Values.Where(payment => payment.Status == "SUCCESS").GroupBy(payment => $"{payment.Merchant}|{payment.Currency}")
            .OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => FormattableString.Invariant($"{group.Key}|{group.Sum(payment => payment.Amount):F3}"));
        Assert.Equal(
            owed,
            await _database.RowsAsync(
                """
                select merchant_id, currency, sum(amount)
                from (
                    select merchant_id, currency, total_amount + adjustment_amount as amount from public.settlements
                    union all
                    select merchant_id, currency, amount from public.settlement_adjustments where settlement_id is null
                ) as paid
                group by merchant_id, currency
                order by merchant_id, currency
                """));
        Assert.NotEqual(["0"], await _database.RowsAsync("select count(*) from public.settlement_adjustments where settlement_id is not null"));
    }

    [Fact]
    public async Task Payments_refunds_disputes_settling_and_payouts_in_any_order_leave_to_each_merchant_what_is_left()
    {
        const int seed = 20250303;
        var random = new Random(seed);
        string[] refundStatuses = ["pending", "succeeded", "succeeded", "failed", "canceled"];
        string[] disputeStatuses = ["warning_needs_response", "warning_under_review", "warning_closed", "prevented", "needs_response", "under_review", "won", "lost"];
        var model = new ClaimModel();
        var said = new HashSet<string>();
        for (var round = 0; round < 25; round++)
        {
            var payments = Enumerable.Range(0, 12).Select(_ => NextPayment()).ToArray();
            AssertSame(payments.Select(model.Take), await _database.UpdateAsync(payments));
            foreach (var kind in new[] { "refund", "dispute", "refund" })
            {
                var claims = Enumerable.Range(0, 25).Select(_ => NextClaim(kind)).ToArray();
                AssertSame(claims.Select(model.Take), await _database.LoadClaimsAsync("update", claims));
                if (random.Next(3) == 0) await SettleAsync(random.Next(2, 29));
                if (random.Next(4) == 0) await CloseAsync(random.Next(1, 28), random.Next(4) == 0 ? "FAILED" : "COMPLETED");
                await _database.AssertExactAsync();
            }
        }

        Assert.Superset(
            new HashSet<string> { "accepted", "duplicate", "status.transition", "payment_id.unknown", "currency.mismatch", "payment_id.not_refundable", "payment_id.not_disputable", "amount.exceeds_payment", "refund_id.conflict", "dispute_id.conflict" },
            said);
        Assert.Equal(
            model.Payments.OrderBy(payment => payment.Id, StringComparer.Ordinal).Select(payment => $"{payment.Id}|{payment.Status}"),
            await _database.RowsAsync("select payment_id, payment_status from public.payments order by payment_id"));
        await SettleAsync(31);
        await SettleAsync(31);
        Assert.Equal(
            model.Payments.Where(payment => payment.Status is "SUCCESS" or "REFUNDED").GroupBy(payment => payment.Merchant)
                .OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => FormattableString.Invariant($"{group.Key}|{group.Sum(model.Kept):F3}")),
            await _database.RowsAsync(
                """
                select merchant_id, sum(amount)
                from (
                    select merchant_id, total_amount + adjustment_amount as amount from public.settlements
                    union all
                    select merchant_id, amount from public.settlement_adjustments where settlement_id is null
                ) as paid
                group by merchant_id
                order by merchant_id
                """));

        StagedPayment NextPayment()
        {
            var id = $"R{random.Next(150)}";
            string[] statuses = ["PENDING", "SUCCESS", "SUCCESS", "SUCCESS", "FAILED", "REFUNDED"];
            return model.Payments.FirstOrDefault(payment => payment.Id == id) is { } known
                ? known with { Status = statuses[random.Next(6)] }
                : On(random.Next(1, 29), id, random.Next(1, 6)) with { Merchant = $"M{random.Next(1, 3)}", Status = statuses[random.Next(5)] };
        }

        StagedClaim NextClaim(string kind)
        {
            var status = kind == "refund" ? refundStatuses[random.Next(5)] : disputeStatuses[random.Next(8)];
            var known = model.Claims.Where(claim => claim.Kind == kind).ToArray();
            if (known.Length > 0 && random.Next(2) == 0)
            {
                var claim = known[random.Next(known.Length)];
                return claim with { Status = status, Amount = random.Next(20) == 0 ? 99m : claim.Amount };
            }

            return new(kind, $"{kind}{random.Next(600)}", $"R{random.Next(155)}", random.Next(1, 4), status) { Currency = random.Next(30) == 0 ? "EUR" : "USD" };
        }

        void AssertSame(IEnumerable<string> expected, BatchOutcome outcome)
        {
            var verdicts = expected.ToArray();
            said.UnionWith(verdicts);
            Assert.Equal(
                verdicts.Select((verdict, index) => $"{index + 1} {verdict}").Where(line => line.Contains('.', StringComparison.Ordinal)),
                outcome.Refused.Select(refusal => $"{refusal.RecordNumber} {Assert.Single(refusal.Reasons)}"));
            Assert.Equal((verdicts.Count(verdict => verdict == "accepted"), verdicts.Count(verdict => verdict == "duplicate")), (outcome.Accepted, outcome.Duplicates));
        }
    }

    /// <summary>A payment of a day of January 2025 at noon.</summary>
    private static StagedPayment On(int day, string id, decimal amount) =>
        new(id) { Amount = amount, At = new DateTime(2025, 1, day, 12, 0, 0, DateTimeKind.Utc) };

    private async Task SettleAsync(int day)
    {
        await _database.ExecuteAsync("update ops.batches set loaded_at = now() where loaded_at is null");
        await SettleLoadedAsync(day);
    }

    private Task SettleLoadedAsync(int day) => _database.ExecuteAsync($"select * from pipeline.settle_payments('2025-01-{day:D2}')");

    private Task CloseAsync(int day, string outcome) => _database.ExecuteAsync(
        $"""
        update public.settlements
        set status = '{outcome}', settlement_date = case when '{outcome}' = 'COMPLETED' then period_end end
        where period_start = '2025-01-{day:D2}'
        """);

    private async Task LoadGeneratedAsync(params StagedPayment[] payments)
    {
        await using var connection = await _database.OpenConnectionAsync();
        var batch = await connection.StageAsync(1, payments, generated: true);
        await connection.RunBatchAsync(batch, 1);
    }
}
