using Payments.Pipeline.Reconcile;

namespace Payments.Pipeline.Tests.Reconcile;

/// <summary>Payouts and bank lines held against settlements.</summary>
public sealed class ReconcileMoneyTests
{
    private static readonly DateOnly Day = new(2026, 1, 10);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task What_is_matched_and_what_is_left_alone_is_what_a_person_with_a_pencil_would_find(int seed)
    {
        var random = new Random(seed);
        string[] merchants = ["A", "B", "C"];
        await using var lab = await ReconcileLab.OpenAsync(0, merchants);
        await lab.Store.ExecuteAsync("update reconciliation.accounts set payout_days = 3");

        // Few amounts, so that equal ones and other sums meet by chance; a window of 3 days.
        var payments = new List<(string, string, DateTime, decimal, string, string)>();
        var settlements = new List<WaitingItem>();
        foreach (var merchant in merchants)
        {
            for (var day = 0; day < 30; day++)
            {
                if (random.Next(5) == 0) continue;
                var on = Day.AddDays(day);
                var amount = random.Next(1, seed % 2 == 0 ? 12 : 400) + (random.Next(3) * 0.25m);
                payments.Add(($"P-{merchant}-{day}", merchant, on.ToDateTime(new(10, 0), DateTimeKind.Utc), amount, "USD", "SUCCESS"));
                settlements.Add(new(false, ReconcileLab.SettlementId(merchant, on), merchant, amount, on.AddDays(2)));
            }
        }

        await lab.PayAsync(payments);
        await lab.SettleAsync();

        var payouts = new List<WaitingItem>();
        foreach (var merchant in merchants)
        {
            var own = settlements.Where(settlement => settlement.Party == merchant).ToList();
            for (var i = 0; i < own.Count;)
            {
                var settled = own[i];
                var day = settled.Day.AddDays(random.Next(3));
                string[] name = random.Next(2) == 0 ? [settled.Key] : [];
                switch (random.Next(9))
                {
                    case 0:
                        i++; // never paid
                        continue;
                    case 1: // in two parts
                        var part = Math.Round(settled.Amount / 3, 2);
                        await PayoutAsync(merchant, part, day, name);
                        await PayoutAsync(merchant, settled.Amount - part, day.AddDays(random.Next(2)), name);
                        break;
                    case 2 or 3: // several at once
                        var several = own.Skip(i).Take(random.Next(2, 5)).ToList();
                        await PayoutAsync(merchant, several.Sum(item => item.Amount), several[^1].Day, random.Next(3) == 0 ? [.. several.Select(item => item.Key)] : []);
                        i += several.Count;
                        continue;
                    case 4: // some of several at once
                        var odd = own.Skip(i).Take(4).Where((_, place) => place != 1).ToList();
                        await PayoutAsync(merchant, odd.Sum(item => item.Amount), settled.Day.AddDays(1), []);
                        i += 4;
                        continue;
                    case 5: // twice
                        await PayoutAsync(merchant, settled.Amount, day, name);
                        await PayoutAsync(merchant, settled.Amount, day, name);
                        break;
                    case 6: // a cent off
                        await PayoutAsync(merchant, settled.Amount - 0.01m, day, name);
                        break;
                    case 7: // taken back and paid again
                        await PayoutAsync(merchant, settled.Amount + 5, day, []);
                        await PayoutAsync(merchant, -5m, day, []);
                        break;
                    default:
                        await PayoutAsync(merchant, settled.Amount, day.AddDays(random.Next(10) == 0 ? 8 : 0), name);
                        break;
                }

                i++;
            }

            await PayoutAsync(merchant, 0m, Day.AddDays(5), []);
        }

        var bank = new List<WaitingItem>();
        foreach (var payout in payouts)
        {
            string[] name = random.Next(2) == 0 ? [payout.Key] : [];
            if (random.Next(10) < 7) await BankAsync(payout.Amount, payout.Day.AddDays(random.Next(3)), name);
        }

        foreach (var several in payouts.Where(_ => random.Next(6) == 0).Chunk(3)) await BankAsync(several.Sum(payout => payout.Amount), several[0].Day, []);

        var first = payouts.GroupBy(payout => payout.Party).ToDictionary(group => group.Key, group => group.Min(payout => payout.Day));
        var payoutOracle = new MatchingOracle(
            [.. settlements.Where(settlement => first.TryGetValue(settlement.Party, out var day) && settlement.Day >= day.AddDays(-3)), .. payouts.Where(payout => payout.Amount != 0)], 3).Match();
        var banked = payouts.Where(payout => payout.Amount != 0).Select(payout => new WaitingItem(false, payout.Key, "bank", payout.Amount, payout.Day)).ToList();
        await lab.ReconcileAsync(new(DryRun: true));
        Assert.Empty(await lab.MatchesAsync(ReconcileLevel.Payout));
        var result = await lab.ReconcileAsync();

        Assert.Equal(payoutOracle.Matches, await lab.MatchesAsync(ReconcileLevel.Payout));
        Assert.Equal(Alone(payoutOracle), await PresenceAsync(ReconcileLevel.Payout));
        var bankOracle = new MatchingOracle([.. banked, .. bank.Where(line => line.Amount != 0)], 5).Match();
        Assert.Equal(bankOracle.Matches, await lab.MatchesAsync(ReconcileLevel.Bank));
        Assert.Equal(bankOracle.Matches.Count + payoutOracle.Matches.Count, result.Count("matched"));

        // Paid is what is at the bank as a whole, on the day of its last line.
        var lines = bank.ToDictionary(line => line.Key, line => line.Day);
        var dayOf = (from match in bankOracle.Matches
                     let sides = match.Split(' ')
                     from payout in sides[1].Split('+')
                     select (payout, day: sides[3].Split('+').Max(line => lines[line]))).ToDictionary(pair => pair.payout, pair => pair.day);
        var paid = from match in payoutOracle.Matches
                   let sides = match.Split(' ')
                   where sides[3].Split('+').All(dayOf.ContainsKey)
                   from settlement in sides[1].Split('+')
                   select $"{settlement} {sides[3].Split('+').Max(payout => dayOf[payout]):yyyy-MM-dd}";
        Assert.Equal(paid.Order(StringComparer.Ordinal), (await lab.PaidAsync()).Order(StringComparer.Ordinal));

        // Once more finds nothing twice.
        var digest = await lab.DigestAsync();
        var again = await lab.ReconcileAsync();
        Assert.Empty(again.Figures);
        Assert.Equal(digest, await lab.DigestAsync());

        async Task PayoutAsync(string merchant, decimal amount, DateOnly day, string[] names) => payouts.Add(new(
            true, await lab.PayoutAsync($"po_{payouts.Count:D5}", $"acct_{merchant}", amount, day, names.Length == 0 ? null : string.Join(", ", names)), merchant, amount, day, names));

        async Task BankAsync(decimal amount, DateOnly day, string[] names) => bank.Add(new(
            true, await lab.BankAsync(amount, day, remittance: names.Length == 0 ? "PAYOUT" : $"PAYOUT {names[0].Split(':')[1]} THANKS"), "bank", amount, day, names));

        static List<string> Alone(MatchingOracle oracle) => [.. oracle.Alone.Select(item => item.Key).Order(StringComparer.Ordinal)];

        async Task<List<string>> PresenceAsync(string level) =>
            [.. (await lab.Store.QueryAsync<string>("select expected_key || actual_key from reconciliation.differences where level = @level and aspect = 'presence' and status = 'open'", new { level })).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task Money_at_the_bank_completes_its_settlements_once_with_the_value_date()
    {
        await using var lab = await ReconcileLab.OpenAsync(0, "M");
        var first = await lab.SettleAsync("M", Day, 100m);
        var second = await lab.SettleAsync("M", Day.AddDays(1), 50m);
        var direct = await lab.SettleAsync("M", Day.AddDays(2), 30m);
        var payout = await lab.PayoutAsync("po_1000", "acct_M", 150m, Day.AddDays(3));
        await lab.ReconcileAsync();
        Assert.Equal([$"days {first}+{second} = {payout}"], await lab.MatchesAsync(ReconcileLevel.Payout));
        Assert.Empty(await lab.PaidAsync());

        var line = await lab.BankAsync(150m, Day.AddDays(4), "po_1000");
        var debit = await lab.BankAsync(-30m, Day.AddDays(5), remittance: $"Settlement {direct}. Thank you");
        await lab.BankAsync(150m, Day.AddDays(4), "po_1000", status: "PDNG");
        var result = await lab.ReconcileAsync();

        Assert.Equal(new[] { $"reference {direct} = {debit}", $"reference {payout} = {line}" }, await lab.MatchesAsync(ReconcileLevel.Bank));
        Assert.Equal(3, result.Count("completed"));
        Assert.Equal(new[] { $"{first} 2026-01-14", $"{second} 2026-01-14", $"{direct} 2026-01-15" }, await lab.PaidAsync());
        Assert.Equal(0, (await lab.ReconcileAsync()).Count("completed"));
    }

    [Fact]
    public async Task A_settlement_that_only_the_bank_could_pay_is_timing_then_missing_until_it_is_paid()
    {
        await using var lab = await ReconcileLab.OpenAsync(0, "M", "N");
        await lab.Store.ExecuteAsync("delete from reconciliation.accounts where merchant_id = 'M'");
        var paid = await lab.SettleAsync("M", Day, 100m);
        var missing = await lab.SettleAsync("M", Day.AddDays(1), 50m);
        var before = await lab.SettleAsync("M", Day.AddDays(-1), 20m);
        await lab.SettleAsync("N", Day, 70m);
        var line = await lab.BankAsync(100m, Day.AddDays(2), remittance: $"SETTLEMENT {paid}");

        await lab.ReconcileAsync(asOf: Day.AddDays(5));
        Assert.Equal([$"reference {paid} = {line}"], await lab.MatchesAsync(ReconcileLevel.Bank));
        Assert.Equal([$"open presence timing {missing} - 50 0"], await lab.DifferencesAsync(ReconcileLevel.Bank));
        await lab.ReconcileAsync(asOf: Day.AddDays(20));
        Assert.Equal([$"open presence missing {missing} - 50 0"], await lab.DifferencesAsync(ReconcileLevel.Bank));

        var late = await lab.BankAsync(50m, Day.AddDays(19), remittance: $"SETTLEMENT {missing}");
        await lab.ReconcileAsync(asOf: Day.AddDays(21));
        Assert.Equal(new[] { $"reference {paid} = {line}", $"reference {missing} = {late}" }.Order(StringComparer.Ordinal), await lab.MatchesAsync(ReconcileLevel.Bank));
        Assert.Equal(new[] { $"closed presence missing {missing} - 50 0", $"open date timing {missing} {late} 50 50" }, await lab.DifferencesAsync(ReconcileLevel.Bank));

        // Paid some other way.
        var other = await lab.SettleAsync("M", Day.AddDays(9), 30m);
        await lab.ReconcileAsync(asOf: Day.AddDays(30));
        Assert.Contains($"open presence missing {other} - 30 0", await lab.DifferencesAsync(ReconcileLevel.Bank));
        await lab.Store.ExecuteAsync($"select pipeline.complete_settlements(array['{other}'], array[date '2026-02-01'])");
        await lab.ReconcileAsync(asOf: Day.AddDays(31));
        Assert.Contains($"closed presence missing {other} - 30 0", await lab.DifferencesAsync(ReconcileLevel.Bank));
        Assert.DoesNotContain(await lab.DifferencesAsync(ReconcileLevel.Bank), difference => difference.Contains(before, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bank_line_that_names_what_never_comes_is_missing_even_among_other_bookings()
    {
        await using var lab = await ReconcileLab.OpenAsync(0, "M");
        await lab.Store.ExecuteAsync($"insert into reconciliation.accounts (processor, account, opens_differences) values ('bank', '{ReconcileLab.Bank}', false)");
        var named = await lab.BankAsync(100m, Day, remittance: "SETTLEMENT STL-20260101-USD-NOBODY");
        await lab.BankAsync(-12.50m, Day, remittance: "COFFEE");

        await lab.ReconcileAsync(asOf: Day.AddDays(1));
        Assert.Equal([$"open presence timing - {named} 0 100"], await lab.DifferencesAsync(ReconcileLevel.Bank));
        await lab.ReconcileAsync(asOf: Day.AddDays(20));
        Assert.Equal([$"open presence missing - {named} 0 100"], await lab.DifferencesAsync(ReconcileLevel.Bank));
    }

    [Fact]
    public async Task A_cent_off_is_a_proposal_and_a_payout_with_lines_is_taken_apart()
    {
        await using var lab = await ReconcileLab.OpenAsync(2m, "M");
        var settlement = await lab.SettleAsync("M", Day, 100m);
        var payout = await lab.PayoutAsync("po_1000", "acct_M", 84m, Day.AddDays(2), $"for {settlement}");
        await lab.LineAsync("acct_M", "P-M-0110", 100m, 3m, Day.ToDateTime(new(11, 0), DateTimeKind.Utc), payout: "po_1000");
        await lab.LineAsync("acct_M", null, -5m, 0m, Day.ToDateTime(new(11, 0), DateTimeKind.Utc), category: "reserve", payout: "po_1000");
        await lab.LineAsync("acct_M", "P-M-0110", -8m, 0m, Day.ToDateTime(new(11, 0), DateTimeKind.Utc), category: "refund", payout: "po_1000");
        var line = await lab.BankAsync(83.99m, Day.AddDays(2), "po_1000");

        await lab.ReconcileAsync();

        Assert.Equal(
            new[] { $"open fee fee {settlement} {payout} -2 -3", $"open refund refund {settlement} {payout} 0 -8", $"open reserve reserve {settlement} {payout} 0 -5" },
            await lab.DifferencesAsync(ReconcileLevel.Payout));
        Assert.Equal([$"reference settlement:{settlement} = payout:{payout} 60"], await lab.ProposalsAsync(ReconcileLevel.Payout));
        Assert.Equal([$"open amount unknown {payout} {line} 84 83.99"], await lab.DifferencesAsync(ReconcileLevel.Bank));
        Assert.Equal([$"reference payout:{payout} = bank:{line} 99"], await lab.ProposalsAsync(ReconcileLevel.Bank));
        Assert.Empty(await lab.PaidAsync());
    }

    [Fact]
    public async Task Equal_amounts_many_times_are_matched_by_day_and_proposed_where_two_are_equally_near()
    {
        await using var lab = await ReconcileLab.OpenAsync(0, "M");
        var settlements = new List<string>();
        for (var day = 0; day < 20; day++) settlements.Add(await lab.SettleAsync("M", Day.AddDays(day), 10m));
        var payouts = new List<string>();
        for (var day = 0; day < 20; day++)
        {
            if (day is 4 or 14 or 15) continue;
            payouts.Add(await lab.PayoutAsync($"po_{day:D4}", "acct_M", 10m, Day.AddDays(2 + day)));
        }

        var between = await lab.PayoutAsync("po_9999", "acct_M", 10m, Day.AddDays(17));
        await lab.PayoutAsync("po_9998", "acct_M", 10m, Day.AddDays(17));
        await lab.ReconcileAsync();

        Assert.Equal(17, (await lab.MatchesAsync(ReconcileLevel.Payout)).Count(match => match.StartsWith("amount", StringComparison.Ordinal)));
        Assert.Equal(
            new[] { $"amount settlement:{settlements[15]} = payout:stripe:po_9998 60", $"amount settlement:{settlements[15]} = payout:{between} 60" },
            await lab.ProposalsAsync(ReconcileLevel.Payout));
    }

    [Fact]
    public async Task What_a_person_accepts_rejects_and_takes_back_stays_decided()
    {
        await using var lab = await ReconcileLab.OpenAsync(0, "M");
        var first = await lab.SettleAsync("M", Day, 100m);
        var second = await lab.SettleAsync("M", Day.AddDays(9), 200m);
        var payout = await lab.PayoutAsync("po_1000", "acct_M", 99m, Day.AddDays(2), first);
        var other = await lab.PayoutAsync("po_2000", "acct_M", 200m, Day.AddDays(11));
        await lab.BankAsync(99m, Day.AddDays(3), "po_1000");
        await lab.BankAsync(200m, Day.AddDays(12), "po_2000");
        await lab.ReconcileAsync();
        Assert.Equal([$"{second} 2026-01-22"], await lab.PaidAsync());

        Assert.Equal(["done"], await DecideAsync("select outcome from pipeline.decide_proposal((select proposal_id from reconciliation.proposals), true, 'anna', 'agreed', '2026-03-01Z')"));
        Assert.Equal(["decided"], await DecideAsync("select outcome from pipeline.decide_proposal((select proposal_id from reconciliation.proposals), false, 'anna', 'agreed', '2026-03-01Z')"));
        await lab.ReconcileAsync();
        Assert.Equal(new[] { $"accepted {first} = {payout}", $"amount {second} = {other}" }, await lab.MatchesAsync(ReconcileLevel.Payout));
        Assert.Contains($"open amount unknown {first} {payout} 100 99", await lab.DifferencesAsync(ReconcileLevel.Payout));
        Assert.Contains($"{first} 2026-01-13", await lab.PaidAsync());

        Assert.Equal(["done"], await DecideAsync($"select undone.outcome from reconciliation.match_items as item, pipeline.undo_match(item.match_id, 'anna', 'wrong', '2026-03-01Z') as undone where item.item_key = '{second}'"));
        await lab.ReconcileAsync();
        Assert.Equal([$"accepted {first} = {payout}"], await lab.MatchesAsync(ReconcileLevel.Payout));
        Assert.Contains($"open undone unknown {second} - 200 0", await lab.DifferencesAsync(ReconcileLevel.Payout));
        Assert.Contains($"{second} 2026-01-22", await lab.PaidAsync());

        Assert.Equal(["taken"], await DecideAsync($"select outcome from pipeline.make_match('payout', array['payout:{payout}', 'settlement:{second}'], null, 'anna', 'x', '2026-03-01Z')"));
        Assert.Equal(["unknown"], await DecideAsync("select outcome from pipeline.make_match('payout', array['payout:stripe:po_3', 'bank:1'], null, 'anna', 'x', '2026-03-01Z')"));
        Assert.Equal(["sides"], await DecideAsync($"select outcome from pipeline.make_match('payout', array['settlement:{second}'], null, 'anna', 'x', '2026-03-01Z')"));
        Assert.Equal(["done"], await DecideAsync($"select outcome from pipeline.make_match('payout', array['payout:{other}', 'settlement:{second}'], null, 'anna', 'right after all', '2026-03-01Z')"));
        await lab.ReconcileAsync();
        Assert.Equal(new[] { $"accepted {first} = {payout}", $"manual {second} = {other}" }, await lab.MatchesAsync(ReconcileLevel.Payout));
        Assert.Contains($"closed undone unknown {second} - 200 0", await lab.DifferencesAsync(ReconcileLevel.Payout));
        Assert.Equal(
            new[] { "accepted", "matched", "unmatched" },
            await lab.Store.QueryAsync<string>("select action from ops.changes where subject = 'reconciliation_match' order by 1"));

        Task<List<string>> DecideAsync(string sql) => lab.Store.QueryAsync<string>(sql);
    }

    [Fact]
    public async Task A_dry_run_counts_what_a_real_one_writes_and_an_attempt_that_was_stopped_is_gone_on_with()
    {
        await using var lab = await ReconcileLab.OpenAsync(0, "M", "N");
        for (var day = 0; day < 10; day++)
        {
            var settlement = await lab.SettleAsync("M", Day.AddDays(day), 10m + day);
            await lab.SettleAsync("N", Day.AddDays(day), 20m + day);
            await lab.LineAsync("acct_M", $"P-M-{Day.AddDays(day):MMdd}", 10m + day, day == 3 ? 1m : 0m, Day.AddDays(day).ToDateTime(new(12, 0), DateTimeKind.Utc));
            await lab.PayoutAsync($"po_{day:D4}", "acct_M", 10m + day, Day.AddDays(day + 2), settlement);
            await lab.BankAsync(10m + day, Day.AddDays(day + 3), $"po_{day:D4}");
        }

        var before = await lab.DigestAsync();
        var dry = await lab.ReconcileAsync(new(DryRun: true));
        Assert.Equal(before, await lab.DigestAsync());
        Assert.Equal(dry.Figures, await lab.Store.QueryAsync<ReconcileFigure>(
            """
            select level as "Level", outcome as "Outcome", class as "Class", currency as "Currency", item_count as "ItemCount", expected_amount as "ExpectedAmount", actual_amount as "ActualAmount"
            from reconciliation.run_figures order by level, outcome, class
            """));

        var findings = await lab.Store.QueryAsync<string>(
            """
            select concat_ws(' ', finding.level, finding.outcome, finding.class, array_to_string(finding.expected_items, '+'), '=', array_to_string(finding.actual_items, '+'), finding.actual_amount)
            from reconciliation.runs as run, pipeline.list_findings(run.run_id, null, null, null) as finding
            order by 1
            """);
        Assert.Equal(31, findings.Count);

        // One that dies after two of four buckets and after each step, until one lives.
        var runId = await lab.RequestAsync();
        await lab.Store.QueryAsync<int>(
            "with begun as materialized (select * from pipeline.begin_reconciliation(@runId, false, null, null, null, '2026-03-01 12:00Z')) select steps_done from begun; update reconciliation.runs set buckets = 4 where run_id = @runId",
            new { runId });
        await lab.Store.ExecuteAsync("alter table reconciliation.runs add constraint runs_bucket_check check (buckets_done <= 2) not valid");
        Assert.Equal("runs_bucket_check", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => lab.AttemptAsync(runId, new(), default))).ConstraintName);
        Assert.Equal([2], await lab.Store.QueryAsync<int>("select buckets_done from reconciliation.runs where run_id = @runId", new { runId }));
        await lab.Store.ExecuteAsync("alter table reconciliation.runs drop constraint runs_bucket_check");
        ReconcileResult? real = null;
        for (var step = 1; real is null; step++)
        {
            await lab.Store.ExecuteAsync($"alter table reconciliation.runs drop constraint if exists runs_stop_check; alter table reconciliation.runs add constraint runs_stop_check check (steps_done <= {step}) not valid");
            try
            {
                if (step > 5) await lab.Store.ExecuteAsync("alter table reconciliation.runs drop constraint runs_stop_check");
                real = await lab.AttemptAsync(runId, new(), default);
            }
            catch (Npgsql.PostgresException error) when (error.ConstraintName == "runs_stop_check")
            {
                Assert.Equal([step], await lab.Store.QueryAsync<int>("select steps_done from reconciliation.runs where run_id = @runId", new { runId }));
            }
        }

        Assert.Equal(dry.Figures, real.Figures);
        Assert.Equal(findings, await lab.Store.QueryAsync<string>(
            """
            select concat_ws(' ', match.level, 'matched', match.method,
                string_agg(item.item_kind || ':' || item.item_key, '+' order by item.item_key) filter (where not item.is_actual), '=',
                string_agg(item.item_kind || ':' || item.item_key, '+' order by item.item_key) filter (where item.is_actual), match.actual_amount)
            from reconciliation.matches as match
            inner join reconciliation.match_items as item on item.match_id = match.match_id
            group by match.match_id, match.level, match.method, match.actual_amount
            union all
            select concat_ws(' ', level, 'difference', class, expected_kind || ':' || expected_key, '=', actual_kind || ':' || actual_key, actual_amount) from reconciliation.differences
            order by 1
            """));
        Assert.Equal((30, 10, 1), (real.Count("matched"), real.Count("completed"), real.Count("difference")));
        Assert.Empty((await lab.ReconcileAsync()).Figures);
    }
}
