using System.Globalization;

namespace Payments.Pipeline.Tests.Import;

/// <summary>Files of refunds and disputes: payments, settlements, rollups and labels follow, each amount once, whatever the order and however often.</summary>
public sealed class RefundsAndDisputesTests
{
    [Fact]
    public async Task Refunds_before_the_payout_are_taken_back_by_the_settlement_itself_and_a_whole_one_leaves_it()
    {
        await using var lab = await OpenAsync(Payment("A", 100m), Payment("B", 50m), Payment("C", 30m, day: 11));
        await lab.SettleAsync(12);

        var parts = await lab.RefundAsync(Refund("R1", "A", 30m), Refund("R2", "A", 20m), Refund("R3", "C", 10m));

        Assert.Equal((3, 3, 0, 0), parts.Counts);
        Assert.Equal(["10 150.000 3.750 -50.000 96.250 2 PENDING", "11 30.000 0.750 -10.000 19.250 1 PENDING"], await lab.SettlementsAsync());
        Assert.Equal(["A -30.000 refund R1 10 10", "A -20.000 refund R2 10 10", "C -10.000 refund R3 11 11"], await lab.AdjustmentsAsync());
        Assert.Equal(["A SUCCESS", "B SUCCESS", "C SUCCESS"], await lab.StatusesAsync());

        await lab.RefundAsync(Refund("R4", "A", 50m), Refund("R5", "C", 20m));

        Assert.Equal(["10 50.000 1.250 0.000 48.750 1 PENDING"], await lab.SettlementsAsync());
        Assert.Empty(await lab.AdjustmentsAsync());
        Assert.Equal(["A REFUNDED", "B SUCCESS", "C REFUNDED"], await lab.StatusesAsync());
        Assert.Equal(["A SUCCESS REFUNDED R4 2", "C SUCCESS REFUNDED R5 3"], await lab.MovesAsync());
        Assert.Equal(["1 50.000"], await lab.Store.QueryAsync<string>("select concat_ws(' ', successful_count, successful_amount) from rollup.merchant_totals where merchant_id = 'MERCH0001'"));
        await lab.AssertExactAsync();
    }

    [Fact]
    public async Task Refunds_after_the_payout_are_taken_back_once_by_the_next_open_settlement_and_never_more_than_was_paid()
    {
        await using var lab = await OpenAsync(Payment("A", 100m), Payment("B", 200m, day: 11));
        await lab.SettleAsync(12);
        await lab.CloseAsync(10);

        await lab.RefundAsync(Refund("R1", "A", 30m));
        Assert.Equal(["10 100.000 2.500 0.000 97.500 1 COMPLETED", "11 200.000 5.000 -30.000 165.000 1 PENDING"], await lab.SettlementsAsync());

        await lab.CloseAsync(11);
        await lab.RefundAsync(Refund("R2", "A", 70m));
        Assert.Equal(["A -30.000 refund R1 10 11", "A -70.000 refund R2 10 "], await lab.AdjustmentsAsync());
        Assert.Equal(["A REFUNDED", "B SUCCESS"], await lab.StatusesAsync());

        await lab.Store.ImportAsync("payments", ImportLab.PaymentsHeader + Payment("D", 80m, day: 12));
        await lab.SettleAsync(13);
        await lab.SettleAsync(13);

        Assert.Equal(
            ["10 100.000 2.500 0.000 97.500 1 COMPLETED", "11 200.000 5.000 -30.000 165.000 1 COMPLETED", "12 80.000 2.000 -70.000 8.000 1 PENDING"],
            await lab.SettlementsAsync());
        await lab.AssertExactAsync();

        var more = await lab.RefundAsync(Refund("R3", "A", 0.01m), Refund("R4", "D", 80.01m), Refund("R5", "D", 79m), Refund("R6", "D", 1.01m), Refund("R7", "D", 1m, "pending"));
        Assert.Equal(["amount.exceeds_payment", "amount.exceeds_payment", "amount.exceeds_payment"], [more.ReasonsOf(1), more.ReasonsOf(2), more.ReasonsOf(4)]);
        Assert.Equal((5, 2, 0, 3), more.Counts);
        await lab.AssertExactAsync();
    }

    [Fact]
    public async Task A_refund_that_fails_after_all_gives_the_money_back_and_brings_its_payment_back()
    {
        await using var lab = await OpenAsync(Payment("A", 100m), Payment("B", 50m), Payment("P", 40m, "PENDING"), Payment("C", 10m, day: 11));
        await lab.SettleAsync(12);
        await lab.CloseAsync(10);
        await lab.RefundAsync(Refund("R1", "A", 100m), Refund("R2", "B", 20m), Refund("R3", "P", 40m), Refund("R4", "C", 10m));
        Assert.Equal(["A REFUNDED", "B SUCCESS", "C REFUNDED", "P REFUNDED"], await lab.StatusesAsync());
        Assert.Equal(["10 150.000 3.750 0.000 146.250 2 COMPLETED"], await lab.SettlementsAsync());
        await lab.AssertExactAsync();

        var failed = string.Concat(Refund("R1", "A", 100m, "failed"), Refund("R2", "B", 20m, "failed"), Refund("R3", "P", 40m, "failed"), Refund("R4", "C", 10m, "failed"));
        var insert = await lab.RefundAsync(failed);
        Assert.Equal((4, 0, 0, 4), insert.Counts);
        Assert.Equal(new Dictionary<string, long> { ["refund_id.conflict"] = 4 }, insert.ByReason);
        Assert.Equal((4, 4, 0, 0), (await lab.MoveRefundsAsync(failed)).Counts);
        await lab.AssertExactAsync();
        await lab.SettleAsync(12);

        Assert.Equal(["A SUCCESS", "B SUCCESS", "C SUCCESS", "P PENDING"], await lab.StatusesAsync());
        Assert.Equal(["10 150.000 3.750 0.000 146.250 2 COMPLETED", "11 10.000 0.250 0.000 9.750 1 PENDING"], await lab.SettlementsAsync());
        Assert.Equal(
            ["A -100.000 refund R1 10 11", "A 100.000 refund_failed R1 10 11", "B -20.000 refund R2 10 11", "B 20.000 refund_failed R2 10 11"],
            await lab.AdjustmentsAsync());
        Assert.Equal(
            [
                "A SUCCESS REFUNDED R1 2", "C SUCCESS REFUNDED R4 5", "P PENDING REFUNDED R3 4",
                "A REFUNDED SUCCESS R1 2", "C REFUNDED SUCCESS R4 5", "P REFUNDED PENDING R3 4",
            ],
            await lab.MovesAsync());

        // The room is free again, the same refund cannot come back, and the file sent again changes nothing.
        var again = await lab.MoveRefundsAsync(Refund("R1", "A", 100m), Refund("R5", "A", 100m));
        Assert.Equal("status.transition", again.ReasonsOf(1));
        Assert.Equal((4, 0, 4, 0), (await lab.MoveRefundsAsync(failed)).Counts);
        Assert.Equal(["A REFUNDED", "B SUCCESS", "C SUCCESS", "P PENDING"], await lab.StatusesAsync());
        Assert.Equal(["10 150.000 3.750 0.000 146.250 2 COMPLETED", "11 10.000 0.250 -100.000 -90.250 1 PENDING"], await lab.SettlementsAsync());
        await lab.AssertExactAsync();
    }

    [Fact]
    public async Task Chargebacks_take_what_is_left_back_won_ones_give_it_back_and_inquiries_move_nothing()
    {
        await using var lab = await OpenAsync(Payment("A", 100m), Payment("B", 50m), Payment("C", 30m), Payment("D", 20m), Payment("E", 500m, day: 11));
        await lab.SettleAsync(12);
        await lab.CloseAsync(10);
        await lab.RefundAsync(Refund("R1", "A", 40m));

        var opened = await lab.DisputeAsync(
            Dispute("D1", "A", 1000m, "needs_response", "fraudulent"), Dispute("D2", "B", 20m, "under_review", "general"),
            Dispute("D3", "C", 30m, "warning_needs_response", "fraudulent"), Dispute("D4", "D", 20m, "won", "fraudulent"), Dispute("D5", "D", 5m, "prevented", "fraudulent"));

        Assert.Equal((5, 5, 0, 0), opened.Counts);
        Assert.Equal(["A -40.000 refund R1 10 11", "A -60.000 dispute D1 10 11", "B -20.000 dispute D2 10 11"], await lab.AdjustmentsAsync());
        Assert.Equal(["10 200.000 5.000 0.000 195.000 4 COMPLETED", "11 500.000 12.500 -120.000 367.500 1 PENDING"], await lab.SettlementsAsync());
        Assert.Equal(["A SUCCESS", "B SUCCESS", "C SUCCESS", "D SUCCESS", "E SUCCESS"], await lab.StatusesAsync());
        Assert.Equal(["A true 2025-02-01 09:00", "D false today"], await lab.LabelsAsync());
        Assert.Equal(["1000.000"], await lab.Store.QueryAsync<string>("select amount::text from public.disputes where dispute_id = 'D1'"));
        await lab.AssertExactAsync();

        await lab.MoveDisputesAsync(
            Dispute("D1", "A", 1000m, "won", "fraudulent"), Dispute("D2", "B", 20m, "lost", "general"), Dispute("D3", "C", 30m, "needs_response", "fraudulent"));

        Assert.Equal(
            ["A -40.000 refund R1 10 11", "A -60.000 dispute D1 10 11", "A 60.000 dispute_won D1 10 11", "B -20.000 dispute D2 10 11", "C -30.000 dispute D3 10 11"],
            await lab.AdjustmentsAsync());
        Assert.Equal(["A false today", "C true today", "D false today"], await lab.LabelsAsync());
        await lab.AssertExactAsync();

        var back = await lab.MoveDisputesAsync(
            Dispute("D1", "A", 1000m, "needs_response", "fraudulent"), Dispute("D2", "B", 20m, "won", "general"), Dispute("D2", "B", 21m, "lost", "general"),
            Dispute("D6", "B", 1m, "reopened", "general"), Dispute("D7", "B", 1m, "lost", "because"));
        Assert.Equal(
            ["status.transition", "status.transition", "dispute_id.conflict", "status.unknown", "reason.unknown"], [.. Enumerable.Range(1, 5).Select(record => back.ReasonsOf(record))]);
        await lab.AssertExactAsync();
    }

    [Fact]
    public async Task A_refund_takes_over_what_a_dispute_took_so_that_either_order_ends_the_same()
    {
        var settlements = new List<string[]>();
        foreach (var isRefundFirst in new[] { true, false })
        {
            await using var lab = await OpenAsync(Payment("A", 100m), Payment("B", 100m), Payment("E", 500m, day: 11));
            await lab.SettleAsync(12);
            await lab.CloseAsync(10);
            var refunds = lab.RefundAsync;
            if (isRefundFirst) await refunds([Refund("R1", "A", 40m), Refund("R2", "B", 100m)]);
            await lab.DisputeAsync(Dispute("D1", "A", 100m, "lost", "fraudulent"), Dispute("D2", "B", 100m, "lost", "fraudulent"));
            if (!isRefundFirst) await refunds([Refund("R1", "A", 40m), Refund("R2", "B", 100m)]);

            Assert.Equal(
                ["A D1 -60.000", "A R1 -40.000", "B R2 -100.000"],
                await lab.Store.QueryAsync<string>("""
                    select concat_ws(' ', payment_id, refund_id, dispute_id, sum(amount)) from public.settlement_adjustments
                    group by payment_id, refund_id, dispute_id having sum(amount) <> 0 order by 1
                    """));
            settlements.Add([.. await lab.SettlementsAsync()]);
            await lab.AssertExactAsync();
        }

        Assert.Equal(["10 200.000 5.000 0.000 195.000 2 COMPLETED", "11 500.000 12.500 -200.000 287.500 1 PENDING"], settlements[0]);
        Assert.Equal(settlements[0], settlements[1]);
    }

    [Fact]
    public async Task Claims_that_come_before_the_settlement_are_taken_back_when_it_comes()
    {
        await using var lab = await OpenAsync(Payment("A", 100m), Payment("B", 50m), Payment("P", 40m, "PENDING"));
        await lab.RefundAsync(Refund("R1", "A", 30m), Refund("R2", "B", 50m), Refund("R3", "P", 15m));
        await lab.DisputeAsync(Dispute("D1", "A", 200m, "lost", "general"));
        Assert.Empty(await lab.AdjustmentsAsync());

        await lab.SettleAsync(11);
        Assert.Equal(["10 100.000 2.500 -100.000 -2.500 1 PENDING"], await lab.SettlementsAsync());
        await lab.AssertExactAsync();

        await lab.Store.ImportAsync("payments", ImportLab.PaymentsHeader + Payment("P", 40m), Payments.Pipeline.Import.ImportMode.Update);
        await lab.SettleAsync(11);

        Assert.Equal(["10 140.000 3.500 -115.000 21.500 2 PENDING"], await lab.SettlementsAsync());
        Assert.Equal(["A -30.000 refund R1 10 10", "A -70.000 dispute D1 10 10", "P -15.000 refund R3 10 10"], await lab.AdjustmentsAsync());
        await lab.AssertExactAsync();
    }

    [Fact]
    public async Task A_payment_that_its_own_record_refunds_stays_so_and_is_taken_back_once()
    {
        await using var lab = await OpenAsync(Payment("A", 100m), Payment("B", 50m), Payment("E", 500m, day: 11));
        await lab.SettleAsync(12);
        await lab.CloseAsync(10);
        await lab.RefundAsync(Refund("R1", "A", 30m), Refund("R2", "B", 50m));
        await lab.Store.ImportAsync("payments", ImportLab.PaymentsHeader + Payment("A", 100m, "REFUNDED"), Payments.Pipeline.Import.ImportMode.Update);
        Assert.Equal(["A -30.000 refund R1 10 11", "A -70.000 payment_refunded 10 11", "B -50.000 refund R2 10 11"], await lab.AdjustmentsAsync());

        await lab.RefundAsync(Refund("R3", "A", 70m));
        await lab.MoveRefundsAsync(Refund("R1", "A", 30m, "failed"));

        Assert.Equal(["A REFUNDED", "B REFUNDED", "E SUCCESS"], await lab.StatusesAsync());
        Assert.Equal(["10 150.000 3.750 0.000 146.250 2 COMPLETED", "11 500.000 12.500 -150.000 337.500 1 PENDING"], await lab.SettlementsAsync());
        await lab.AssertExactAsync();

        // The file that brought them is still known, although a refund has moved one; its status is not a way back.
        var file = ImportLab.PaymentsHeader + Payment("B", 50m);
        Assert.Equal((1, 0, 1, 0), (await lab.Store.ImportAsync("payments", file)).Counts);
        Assert.Equal((1, 0, 1, 0), (await lab.Store.ImportAsync("payments", file, Payments.Pipeline.Import.ImportMode.Update)).Counts);
        Assert.Equal("status.transition", (await lab.Store.ImportAsync("payments", ImportLab.PaymentsHeader + Payment("A", 100m), Payments.Pipeline.Import.ImportMode.Update)).ReasonsOf(1));
    }

    [Fact]
    public async Task Two_files_a_settle_run_and_new_payments_at_once_refund_no_more_than_was_paid()
    {
        await using var lab = await OpenAsync([.. Enumerable.Range(0, 100).Select(n => Payment($"A{n}", 10m))]);
        var first = lab.RefundAsync([.. Enumerable.Range(0, 100).Select(n => Refund($"F{n}", $"A{n}", 6m))]);
        var second = lab.RefundAsync([.. Enumerable.Range(0, 100).Reverse().Select(n => Refund($"S{n}", $"A{n}", 6m))]);
        var more = lab.Store.ImportAsync("payments", ImportLab.PaymentsHeader + string.Concat(Enumerable.Range(0, 100).Select(n => Payment($"B{n}", 10m))));

        await Task.WhenAll(first, second, more, lab.SettleAsync(12));
        await lab.SettleAsync(12);

        Assert.Equal((100, 100), ((await first).Accepted + (await second).Accepted, (await first).Rejected + (await second).Rejected));
        Assert.Equal((100, 100, 0, 0), (await more).Counts);
        Assert.Equal(["10 2000.000 50.000 -600.000 1350.000 200 PENDING"], await lab.SettlementsAsync());
        await lab.AssertExactAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public async Task Records_count_in_file_order_wherever_a_batch_ends(int batchRecords)
    {
        await using var lab = await OpenAsync(batchRecords, Payment("A", 100m), Payment("B", 50m), Payment("F", 9m, "FAILED"));
        await lab.SettleAsync(12);
        string[] records =
        [
            Refund("R1", "A", 60m, "pending"), Refund("R2", "A", 41m), Refund("R2", "B", 41m), Refund("R1", "A", 60m), Refund("R3", "A", 40m),
            Refund("R3", "A", 40m, "failed"), Refund("R4", "A", 40m), Refund("R1", "A", 60m), Refund("R1", "A", 61m), Refund("R3", "A", 40m),
            Refund("R5", "F", 1m), Refund("R6", "X", 1m), Refund("R7", "B", 1m).Replace("USD", "EUR", StringComparison.Ordinal), Refund("R8", "B", 1m, date: "2025-01-10T11:59:59Z"),
            Refund("R9", "B", 1m, date: "2025-01-10"), Refund("R2", "A", 41m), Refund("RA", "B", 9m, "done"), Refund("RB", "", 9m),
        ];

        var first = await lab.MoveRefundsAsync(records);

        Assert.Equal(
            [
                "2 amount.exceeds_payment", "9 refund_id.conflict", "10 status.transition", "11 payment_id.not_refundable", "12 payment_id.unknown",
                "13 currency.mismatch", "14 refund_date.before_payment", "16 refund_id.conflict", "17 status.unknown", "18 payment_id.missing",
            ],
            first.Refused.Select(row => $"{row.Record} {string.Join(' ', row.Reasons)}"));
        Assert.Equal((18, 7, 1, 10), first.Counts);
        Assert.Equal(["A REFUNDED", "B SUCCESS", "F FAILED"], await lab.StatusesAsync());
        Assert.Equal(["A SUCCESS REFUNDED R3 6", "A REFUNDED SUCCESS R3 7", "A SUCCESS REFUNDED R4 8"], await lab.MovesAsync());
        Assert.Equal(
            ["R1 succeeded 60.000 2", "R2 succeeded 41.000 4", "R3 failed 40.000 6", "R4 succeeded 40.000 8", "R9 succeeded 1.000 16"],
            await lab.Store.QueryAsync<string>("select concat_ws(' ', refund_id, refund_status, amount, line_number) from public.refunds order by refund_id"));
        Assert.Equal(["10 50.000 1.250 -42.000 6.750 1 PENDING"], await lab.SettlementsAsync());
        await lab.AssertExactAsync();

        var again = await lab.MoveRefundsAsync(records);
        Assert.Equal((18, 0, 8, 10), again.Counts);
        Assert.Equal("refund_id.conflict", again.ReasonsOf(2));
        Assert.Equal(first.Refused.Skip(1).Select(row => (row.Record, row.Reasons[0])), again.Refused.Skip(1).Select(row => (row.Record, row.Reasons[0])));
        Assert.Equal(["10 50.000 1.250 -42.000 6.750 1 PENDING"], await lab.SettlementsAsync());
        await lab.AssertExactAsync();
    }

    private static string Payment(string id, decimal amount, string status = "SUCCESS", int day = 10) =>
        string.Create(CultureInfo.InvariantCulture, $"{id},CUST00001,MERCH0001,{amount:F2},USD,WALLET,{status},2025-01-{day:D2}T12:00:00Z\n");

    private static string Refund(string id, string payment, decimal amount, string status = "succeeded", string date = "2025-01-20T09:00:00Z") =>
        string.Create(CultureInfo.InvariantCulture, $"{id},{payment},{amount:F2},USD,{status},,{date}\n");

    private static string Dispute(string id, string payment, decimal amount, string status, string reason) =>
        string.Create(CultureInfo.InvariantCulture, $"{id},{payment},{amount:F2},USD,{status},{reason},2025-02-01T09:00:00Z\n");

    private static Task<ClaimLab> OpenAsync(params string[] payments) => OpenAsync(50, payments);

    private static Task<ClaimLab> OpenAsync(int batchRecords, params string[] payments) => ClaimLab.OpenAsync(batchRecords, payments);
}
