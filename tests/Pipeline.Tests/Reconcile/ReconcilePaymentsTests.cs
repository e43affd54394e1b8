using Payments.Pipeline.Reconcile;

namespace Payments.Pipeline.Tests.Reconcile;

/// <summary>Processors' lines held against payments, refunds and disputes.</summary>
public sealed class ReconcilePaymentsTests
{
    private static readonly DateTime At = new(2026, 1, 10, 10, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task A_line_is_matched_by_its_reference_and_what_differs_is_told_by_its_class()
    {
        await using var lab = await ReconcileLab.OpenAsync(2.5m, "M");
        await lab.PayAsync(
            [.. new[] { "RIGHT", "CENT", "FEE", "NETTED", "LATE", "FAILED", "BYPSP", "SILENT" }.Select(id => (id, "M", At, 100m, "USD", id == "FAILED" ? "FAILED" : "SUCCESS"))]);
        var right = await lab.LineAsync("acct_M", "RIGHT", 100m, 2.5m, At.AddHours(1));
        var cent = await lab.LineAsync("acct_M", "CENT", 99.99m, 2.5m, At);
        var fee = await lab.LineAsync("acct_M", "FEE", 100m, 2.51m, At);
        var netted = await lab.LineAsync("acct_M", "NETTED", 97.5m, 2.5m, At);
        var late = await lab.LineAsync("acct_M", "LATE", 100m, 2.5m, At.AddDays(10));
        var failed = await lab.LineAsync("acct_M", "FAILED", 100m, 0m, At);
        var byProcessor = await lab.LineAsync("acct_M", "ch_1", 100m, 2.5m, At, processorReference: "BYPSP");
        var unknown = await lab.LineAsync("acct_M", "NOBODY", 7m, 0m, At);

        await lab.ReconcileAsync();

        Assert.Equal(
            new[]
            {
                $"reference BYPSP = {byProcessor}", $"reference CENT = {cent}", $"reference FAILED = {failed}", $"reference FEE = {fee}", $"reference LATE = {late}",
                $"reference NETTED = {netted}", $"reference RIGHT = {right}",
            },
            await lab.MatchesAsync(ReconcileLevel.Payment));
        Assert.Equal(
            new[]
            {
                $"open amount fee NETTED {netted} 100 97.5", $"open amount unknown CENT {cent} 100 99.99", $"open amount unknown FAILED {failed} 0 100", $"open date timing LATE {late} 100 100",
                $"open fee fee FEE {fee} 2.5 2.51", $"open presence missing - {unknown} 0 7", "open presence missing SILENT - 100 0",
            },
            await lab.DifferencesAsync(ReconcileLevel.Payment));
    }

    [Fact]
    public async Task Of_several_lines_of_a_payment_the_right_amount_counts_then_the_first_and_a_later_file_brings_duplicates_too()
    {
        await using var lab = await ReconcileLab.OpenAsync(0, "M");
        await lab.PayAsync(("A", "M", At, 100m, "USD", "SUCCESS"), ("B", "M", At, 50m, "USD", "SUCCESS"), ("ZERO", "M", At, 0m, "USD", "SUCCESS"));
        var wrong = await lab.LineAsync("acct_M", "A", 90m, 0m, At);
        var right = await lab.LineAsync("acct_M", "A", 100m, 0m, At.AddHours(2));
        var second = await lab.LineAsync("acct_M", "B", 50m, 0m, At.AddHours(2));
        var first = await lab.LineAsync("acct_M", "B", 50m, 0m, At.AddHours(1));
        var zero = await lab.LineAsync("acct_M", "ZERO", 0m, 0m, At);
        await lab.ReconcileAsync();
        var again = await lab.LineAsync("acct_M", "B", 50m, 0m, At.AddHours(3));
        await lab.ReconcileAsync();

        Assert.Equal(new[] { $"reference A = {right}", $"reference B = {first}", $"reference ZERO = {zero}" }, await lab.MatchesAsync(ReconcileLevel.Payment));
        Assert.Equal(
            new[] { $"open presence duplicate - {again} 0 50", $"open presence duplicate - {second} 0 50", $"open presence duplicate - {wrong} 0 90" }.Order(StringComparer.Ordinal),
            await lab.DifferencesAsync(ReconcileLevel.Payment));
    }

    [Fact]
    public async Task A_line_in_another_currency_is_compared_as_it_was_presented_and_its_rate_is_checked()
    {
        await using var lab = await ReconcileLab.OpenAsync(0, "M");
        await lab.PayAsync(
            ("EUR", "M", At, 100m, "EUR", "SUCCESS"), ("RATE", "M", At, 100m, "EUR", "SUCCESS"), ("BARE", "M", At, 100m, "EUR", "SUCCESS"), ("YEN", "M", At, 1000m, "JPY", "SUCCESS"));
        var right = await lab.LineAsync("acct_M", "EUR", 110.12m, 0m, At, presented: 100m, presentedCurrency: "EUR", rate: 1.10123m);
        var rate = await lab.LineAsync("acct_M", "RATE", 112m, 0m, At, presented: 100m, presentedCurrency: "EUR", rate: 1.1m);
        var bare = await lab.LineAsync("acct_M", "BARE", 110m, 0m, At);
        var yen = await lab.LineAsync("acct_M", "YEN", 7m, 0m, At, presented: 999m, presentedCurrency: "JPY", rate: 0.007m);

        await lab.ReconcileAsync();

        Assert.Equal(new[] { $"reference EUR = {right}", $"reference RATE = {rate}", $"reference YEN = {yen}" }, await lab.MatchesAsync(ReconcileLevel.Payment));
        Assert.Equal(
            new[] { $"open amount unknown YEN {yen} 1000 999", $"open fx fx BARE {bare} 0 110", $"open fx fx RATE {rate} 110 112" },
            await lab.DifferencesAsync(ReconcileLevel.Payment));
    }

    [Fact]
    public async Task Refunds_and_chargebacks_go_with_ours_of_the_same_amount_and_the_rest_is_a_difference()
    {
        await using var lab = await ReconcileLab.OpenAsync(0, "M");
        await lab.PayAsync(("A", "M", At, 100m, "USD", "SUCCESS"), ("B", "M", At, 100m, "USD", "REFUNDED"), ("C", "M", At, 100m, "USD", "SUCCESS"));
        await lab.Store.ExecuteAsync(
            """
            insert into public.refunds (refund_id, payment_id, amount, currency, refund_status, refund_date, batch_id, line_number)
            values ('R1', 'A', 10, 'USD', 'succeeded', '2026-01-11Z', 1, 1), ('R2', 'A', 10, 'USD', 'succeeded', '2026-01-12Z', 1, 1), ('R3', 'A', 5, 'USD', 'failed', '2026-01-12Z', 1, 1);
            insert into public.disputes (dispute_id, payment_id, amount, currency, dispute_status, dispute_date, batch_id, line_number)
            values ('D1', 'C', 100, 'USD', 'lost', '2026-01-12Z', 1, 1)
            """);
        var lines = new List<long>();
        foreach (var id in (string[])["A", "B", "C"]) lines.Add(await lab.LineAsync("acct_M", id, 100m, 0m, At));
        var first = await lab.LineAsync("acct_M", "A", -10m, 0m, At.AddDays(1), category: "refund");
        var second = await lab.LineAsync("acct_M", "A", -10m, 0m, At.AddDays(2), category: "refund");
        var third = await lab.LineAsync("acct_M", "A", -10m, 0m, At.AddDays(3), category: "refund");
        var failed = await lab.LineAsync("acct_M", "A", -5m, 0m, At.AddDays(3), category: "refund");
        var whole = await lab.LineAsync("acct_M", "B", -100m, 0m, At.AddDays(3), category: "refund");
        var lost = await lab.LineAsync("acct_M", "C", -100m, 15m, At.AddDays(3), category: "chargeback");

        await lab.ReconcileAsync();

        Assert.Equal(
            new[]
            {
                $"reference A = {lines[0]}", $"reference B = {lines[1]}", $"reference B = {whole}", $"reference C = {lines[2]}", $"reference D1 = {lost}", $"reference R1 = {first}", $"reference R2 = {second}",
            },
            await lab.MatchesAsync(ReconcileLevel.Payment));
        Assert.Equal(
            new[] { $"open presence refund - {third} 0 -10", $"open presence refund - {failed} 0 -5" }.Order(StringComparer.Ordinal),
            await lab.DifferencesAsync(ReconcileLevel.Payment));
    }

    [Fact]
    public async Task Money_of_refunds_that_failed_and_disputes_that_were_won_comes_back()
    {
        await using var lab = await ReconcileLab.OpenAsync(0, "M");
        await lab.PayAsync(("A", "M", At, 100m, "USD", "SUCCESS"), ("B", "M", At, 100m, "USD", "SUCCESS"), ("C", "M", At, 100m, "USD", "SUCCESS"));
        await lab.Store.ExecuteAsync(
            """
            insert into public.refunds (refund_id, payment_id, amount, currency, refund_status, refund_date, batch_id, line_number)
            values ('R1', 'A', 10, 'USD', 'failed', '2026-01-11Z', 1, 1), ('R2', 'A', 20, 'USD', 'failed', '2026-01-12Z', 1, 1), ('R3', 'A', 30, 'USD', 'succeeded', '2026-01-12Z', 1, 1);
            insert into public.disputes (dispute_id, payment_id, amount, currency, dispute_status, dispute_date, batch_id, line_number)
            values ('D1', 'B', 100, 'USD', 'won', '2026-01-12Z', 1, 1), ('D2', 'C', 100, 'USD', 'lost', '2026-01-12Z', 1, 1)
            """);
        var lines = new List<long>();
        foreach (var id in (string[])["A", "B", "C"]) lines.Add(await lab.LineAsync("acct_M", id, 100m, 0m, At));
        var given = await lab.LineAsync("acct_M", "A", -10m, 0m, At.AddDays(1), category: "refund");
        var back = await lab.LineAsync("acct_M", "A", 10m, 0m, At.AddDays(2), category: "refund_failed");
        var late = await lab.LineAsync("acct_M", "A", -20m, 0m, At.AddDays(1), category: "refund");
        var succeeded = await lab.LineAsync("acct_M", "A", -30m, 0m, At.AddDays(1), category: "refund");
        var wrong = await lab.LineAsync("acct_M", "A", 30m, 0m, At.AddDays(2), category: "refund_failed");
        var taken = await lab.LineAsync("acct_M", "B", -100m, 15m, At.AddDays(3), category: "chargeback");
        var won = await lab.LineAsync("acct_M", "B", 100m, -15m, At.AddDays(4), category: "chargeback_reversed");
        var lost = await lab.LineAsync("acct_M", "C", 100m, 0m, At.AddDays(4), category: "chargeback_reversed");
        var known = new[]
        {
            $"reference A = {lines[0]}", $"reference B = {lines[1]}", $"reference C = {lines[2]}", $"reference D1 = {taken}", $"reference D1 = {won}",
            $"reference R1 = {back}", $"reference R1 = {given}", $"reference R3 = {succeeded}",
        };

        await lab.ReconcileAsync();
        Assert.Equal(known.Order(StringComparer.Ordinal), (await lab.MatchesAsync(ReconcileLevel.Payment)).Order(StringComparer.Ordinal));
        Assert.Equal(
            new[] { $"open presence refund - {late} 0 -20", $"open presence refund - {wrong} 0 30", $"open presence refund - {lost} 0 100" }.Order(StringComparer.Ordinal),
            await lab.DifferencesAsync(ReconcileLevel.Payment));

        // Of the other one, too, when it is reported.
        var later = await lab.LineAsync("acct_M", "A", 20m, 0m, At.AddDays(5), category: "refund_failed");
        await lab.ReconcileAsync();
        Assert.Equal(
            known.Append($"reference R2 = {late}").Append($"reference R2 = {later}").Order(StringComparer.Ordinal),
            (await lab.MatchesAsync(ReconcileLevel.Payment)).Order(StringComparer.Ordinal));
        Assert.Contains($"closed presence refund - {late} 0 -20", await lab.DifferencesAsync(ReconcileLevel.Payment));

        // What a person takes back stays so, and can be matched by hand as it was.
        await lab.Store.ExecuteAsync($"select pipeline.undo_match((select match_id from reconciliation.line_matches where line_id = {won}), 'anna', 'wrong', '2026-03-01Z')");
        await lab.ReconcileAsync();
        Assert.DoesNotContain($"reference D1 = {won}", await lab.MatchesAsync(ReconcileLevel.Payment));
        Assert.Contains($"open presence refund - {won} 0 100", await lab.DifferencesAsync(ReconcileLevel.Payment));
        Assert.Equal(["done"], await lab.Store.QueryAsync<string>($"select outcome from pipeline.make_match('payment', array['line:{won}', 'won:D1'], null, 'anna', 'right', '2026-03-01Z')"));
        Assert.Contains($"manual D1 = {won}", await lab.MatchesAsync(ReconcileLevel.Payment));
    }

    [Fact]
    public async Task Lines_without_a_counterpart_wait_and_those_of_an_undone_match_do_again()
    {
        await using var lab = await ReconcileLab.OpenAsync(0, "M");
        await lab.PayAsync(("A", "M", At, 10m, "USD", "SUCCESS"), ("B", "M", At, 20m, "USD", "SUCCESS"), ("C", "M", At, 30m, "USD", "SUCCESS"));
        var first = await lab.LineAsync("acct_M", "A", 10m, 0m, At);
        var early = await lab.LineAsync("acct_M", "LATE", 5m, 0m, At);
        var other = await lab.LineAsync("acct_M", "B", 20m, 0m, At.AddDays(9));
        Assert.Equal(2, (await lab.ReconcileAsync(new(To: new(2026, 1, 15)))).Lines);
        Assert.Equal(2, (await lab.ReconcileAsync()).Lines);
        Assert.Equal([early], await WaitingAsync());

        await lab.PayAsync(("LATE", "M", At, 5m, "USD", "SUCCESS"));
        var next = await lab.LineAsync("acct_M", "C", 30m, 0m, At);
        Assert.Equal(2, (await lab.ReconcileAsync()).Lines);
        var all = new[] { $"reference A = {first}", $"reference B = {other}", $"reference C = {next}", $"reference LATE = {early}" };
        Assert.Equal(all, await lab.MatchesAsync(ReconcileLevel.Payment));
        Assert.Empty(await WaitingAsync());
        Assert.Equal(4, (await lab.Store.QueryAsync<long>("select count(*) from reconciliation.line_matches")).Single());

        Assert.Equal(["done"], await UndoAsync("A"));
        Assert.Equal(["decided"], await UndoAsync("A"));
        Assert.Equal([first], await WaitingAsync());
        Assert.Equal(1, (await lab.ReconcileAsync()).Lines);
        Assert.Equal(all[1..], await lab.MatchesAsync(ReconcileLevel.Payment));
        Assert.Equal(
            new[] { "f payment:A", $"f line:{first}" }.Order(StringComparer.Ordinal),
            await lab.Store.QueryAsync<string>("select concat_ws(' ', item.is_standing, item.item_kind || ':' || item.item_key) from reconciliation.match_items as item inner join reconciliation.matches as match using (match_id) where not match.is_standing order by 1"));

        Assert.Equal(["taken"], await lab.Store.QueryAsync<string>($"select outcome from pipeline.make_match('payment', array['line:{next}', 'payment:A'], null, 'anna', 'x', '2026-03-01Z')"));
        Assert.Equal(["done"], await lab.Store.QueryAsync<string>($"select outcome from pipeline.make_match('payment', array['line:{first}', 'payment:A'], null, 'anna', 'right after all', '2026-03-01Z')"));
        Assert.Empty(await WaitingAsync());
        Assert.Equal(0, (await lab.ReconcileAsync()).Lines);
        Assert.Equal([$"manual A = {first}", .. all[1..]], await lab.MatchesAsync(ReconcileLevel.Payment));

        Task<List<long>> WaitingAsync() => lab.Store.QueryAsync<long>("select line_id from reconciliation.waiting_lines order by line_id");

        // The match that the payment was in first.
        Task<List<string>> UndoAsync(string payment) => lab.Store.QueryAsync<string>(
            "select undone.outcome from (select min(match_id) as match_id from reconciliation.match_items where item_key = @payment) as item, pipeline.undo_match(item.match_id, 'anna', 'wrong', '2026-03-01Z') as undone",
            new { payment });
    }

    [Fact]
    public async Task What_is_missing_is_timing_while_it_may_still_come_and_closes_itself_when_it_comes()
    {
        await using var lab = await ReconcileLab.OpenAsync(0, "M");
        await lab.PayAsync(("OLD", "M", At, 10m, "USD", "SUCCESS"), ("NEW", "M", At.AddDays(5), 20m, "USD", "SUCCESS"), ("A", "M", At.AddDays(-1), 30m, "USD", "SUCCESS"), ("B", "M", At.AddDays(6), 40m, "USD", "SUCCESS"));
        await lab.LineAsync("acct_M", "A", 30m, 0m, At.AddDays(-1));
        await lab.LineAsync("acct_M", "B", 40m, 0m, At.AddDays(6));
        await lab.ReconcileAsync(asOf: new(2026, 1, 17));
        Assert.Equal(new[] { "open presence missing OLD - 10 0", "open presence timing NEW - 20 0" }, await lab.DifferencesAsync(ReconcileLevel.Payment));

        await lab.ReconcileAsync(asOf: new(2026, 1, 20));
        Assert.Equal(new[] { "open presence missing NEW - 20 0", "open presence missing OLD - 10 0" }, await lab.DifferencesAsync(ReconcileLevel.Payment));

        await lab.LineAsync("acct_M", "OLD", 10m, 0m, At);
        await lab.ReconcileAsync(asOf: new(2026, 1, 21));
        Assert.Equal(new[] { "closed presence missing OLD - 10 0", "open presence missing NEW - 20 0" }, await lab.DifferencesAsync(ReconcileLevel.Payment));
        Assert.Equal(["timing"], await lab.Store.QueryAsync<string>("select reason from reconciliation.differences where status = 'closed'"));
    }

    [Fact]
    public async Task Fees_go_by_the_terms_of_the_processing_day_and_an_account_may_leave_them_alone()
    {
        await using var lab = await ReconcileLab.OpenAsync(1m, "M", "N");
        await lab.Store.ExecuteAsync(
            """
            insert into settlement.fees (merchant_id, payment_method, currency, percent, fixed_amount, minimum_amount, valid_from, author)
            values ('M', null, 'USD', 2.9, 0.3, 1, '2026-01-10', 'test');
            update reconciliation.accounts set compares_fees = false where merchant_id = 'N'
            """);
        await lab.PayAsync(("BEFORE", "M", At.AddDays(-1), 33.33m, "USD", "SUCCESS"), ("AFTER", "M", At, 33.33m, "USD", "SUCCESS"), ("SMALL", "M", At, 1m, "USD", "SUCCESS"), ("OTHER", "N", At, 10m, "USD", "SUCCESS"));
        await lab.LineAsync("acct_M", "BEFORE", 33.33m, 0.33m, At);
        var after = await lab.LineAsync("acct_M", "AFTER", 33.33m, 1.28m, At);
        await lab.LineAsync("acct_M", "SMALL", 1m, 1m, At);
        await lab.LineAsync("acct_N", "OTHER", 10m, 9m, At);

        await lab.ReconcileAsync();

        // 33.33 * 2.9 % + 0.30 = 1.26657
        Assert.Equal([$"open fee fee AFTER {after} 1.27 1.28"], await lab.DifferencesAsync(ReconcileLevel.Payment));
    }
}
