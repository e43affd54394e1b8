using System.Globalization;
using System.Text;
using Payments.Pipeline.Rescore;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Tests.Import;

namespace Payments.Pipeline.Tests.Rescore;

public sealed class RescoreStageTests
{
    private static readonly RescoreRequest January = new(new(2025, 1, 1), new(2025, 1, 31));

    private const string Digest =
        """
        select md5(string_agg(row::text, '' order by row::text))
        from (
            select concat_ws(' ', payment_id, risk_score, is_suspicious, updated_at) as row from public.payments
            union all
            select to_jsonb(cell)::text from rollup.payment_days as cell
            union all
            select to_jsonb(assessed)::text from risk.assessments as assessed
        ) as content
        """;

    [Fact]
    public async Task A_changed_rule_changes_scores_flags_assessments_and_rollups_exactly_and_a_second_time_nothing()
    {
        await using var lab = await OpenAsync(60);
        await FlagFromAsync(lab, 500);

        var first = await RescoreAsync(lab, January);
        await lab.AssertExactAsync();
        var again = await RescoreAsync(lab, January);

        Assert.Equal((60, 30, 0), (first.PaymentsRead, first.FlagsSet, first.FlagsCleared));
        Assert.True(first.ScoresChanged >= 30);
        Assert.Equal(
            ["t 30 40.00", "f 30 0.00"],
            await lab.QueryAsync<string>("select concat_ws(' ', is_suspicious, count(*), min(risk_score)) from public.payments group by is_suspicious order by is_suspicious desc"));
        Assert.Equal(
            ["30 40 t AMOUNT_OVER_10000"],
            await lab.QueryAsync<string>("select concat_ws(' ', count(*), min(score), bool_and(is_flagged), min(reasons #>> '{0,code}')) from risk.assessments"));
        Assert.Equal((60, 0, 0, 0), (again.PaymentsRead, again.ScoresChanged, again.AssessmentsWritten, again.FlagsSet));
        Assert.Equal(60, first.Distribution.After.Sum());
        Assert.Equal(again.Distribution.Before, first.Distribution.After);

        await FlagFromAsync(lab, 800);
        var milder = await RescoreAsync(lab, January);
        await lab.AssertExactAsync();
        Assert.Equal((0, 18), (milder.FlagsSet, milder.FlagsCleared));
        Assert.Equal(30, (await lab.QueryAsync<long>("select count(*) from risk.assessments")).Single());
    }

    [Fact]
    public async Task What_came_in_its_order_was_scored_as_history_is()
    {
        await using var lab = await OpenAsync(60);

        var result = await RescoreAsync(lab, January);

        Assert.Equal((60, 0, 0), (result.PaymentsRead, result.ScoresChanged, result.AssessmentsWritten));
        Assert.Equal(result.Distribution.Before, result.Distribution.After);
    }

    [Fact]
    public async Task A_dry_run_tells_what_would_change_and_changes_nothing()
    {
        await using var lab = await OpenAsync(40);
        await FlagFromAsync(lab, 500);
        var before = await lab.QueryAsync<string>(Digest);

        var dry = await RescoreAsync(lab, January with { DryRun = true });
        Assert.Equal(before, await lab.QueryAsync<string>(Digest));
        var real = await RescoreAsync(lab, January);

        Assert.Equal(20, dry.FlagsSet);
        Assert.Equal((dry.ScoresChanged, dry.FlagsSet, dry.AssessmentsWritten), (real.ScoresChanged, real.FlagsSet, real.AssessmentsWritten));
        Assert.Equal(dry.Distribution.After, real.Distribution.After);
        Assert.Equal(dry.Distribution.Moves, real.Distribution.Moves);
        Assert.Equal(
            ["t 40", "f 40"],
            await lab.QueryAsync<string>("select concat_ws(' ', is_dry_run, payments_read) from risk.rescores where finished_at is not null order by run_id"));
    }

    [Fact]
    public async Task A_flag_of_an_analyst_or_of_a_list_stays()
    {
        await using var lab = await OpenAsync(10);
        await lab.ExecuteAsync(
            """
            update public.payments set is_suspicious = true where payment_id in ('P0001', 'P0002', 'P0003');
            update rollup.payment_days as cell
            set suspicious_count = (
                select count(*)
                from public.payments as payment
                inner join public.customers as customer on customer.customer_id = payment.customer_id
                where (payment.transaction_date at time zone 'UTC')::date = cell.payment_date and payment.merchant_id = cell.merchant_id
                    and coalesce(customer.country, '') = cell.customer_country and payment.is_suspicious
            );
            insert into risk.labels (payment_id, source, is_fraud, known_at, customer_id, merchant_id, transaction_date)
            select payment_id, 'analyst', true, transaction_date, customer_id, merchant_id, transaction_date from public.payments where payment_id = 'P0001';
            insert into risk.assessments (payment_id, transaction_date, customer_id, merchant_id, amount, currency, score, decision, is_flagged, rule_score, reasons, rules_version, models_version, batch_id)
            select payment_id, transaction_date, customer_id, merchant_id, amount, currency, 90, 'BLOCK', true, 0, '[{"code": "block_list", "kind": "list", "text": "Blocked.", "contribution": 90}]', 1, 1, batch_id
            from public.payments where payment_id = 'P0002'
            """);

        for (var turn = 1; turn <= 2; turn++)
        {
            var result = await RescoreAsync(lab, January);
            await lab.AssertExactAsync();
            Assert.Equal(turn == 1 ? 1 : 0, result.FlagsCleared);
            Assert.Equal(["P0001", "P0002"], await lab.QueryAsync<string>("select payment_id from public.payments where is_suspicious order by payment_id"));
            Assert.Equal(["APPROVE t list"], await lab.QueryAsync<string>("select concat_ws(' ', decision, is_flagged, reasons #>> '{0,kind}') from risk.assessments where payment_id = 'P0002'"));
        }
    }

    [Fact]
    public async Task What_came_late_counts_when_history_is_scored_anew()
    {
        await using var lab = await OpenAsync(0);
        await lab.ImportAsync("payments", ImportLab.PaymentsHeader + "LATER,C1,M1,10.00,USD,WALLET,SUCCESS,2025-01-20T12:00:00Z\n");
        var before = await RescoreAsync(lab, January);
        await lab.ImportAsync(
            "payments",
            ImportLab.PaymentsHeader + string.Concat(Enumerable.Range(1, 3).Select(i => $"EARLY{i},C1,M1,10.00,USD,WALLET,FAILED,2025-01-20T0{i + 6}:00:00Z\n")));

        var after = await RescoreAsync(lab, January);

        Assert.Equal((1, 4), (before.PaymentsRead, after.PaymentsRead));
        Assert.Equal(["25.00"], await lab.QueryAsync<string>("select risk_score::text from public.payments where payment_id = 'LATER'"));
    }

    [Fact]
    public async Task An_attempt_that_is_cut_off_is_gone_on_with_and_comes_to_the_same()
    {
        await using var disturbed = await OpenAsync(50, ("Rescore:ChunkPayments", "7"));
        await using var undisturbed = await OpenAsync(50);
        await FlagFromAsync(disturbed, 300);
        await FlagFromAsync(undisturbed, 300);
        var runId = await RequestAsync(disturbed);
        // The third chunk meets a payment that somebody holds on to, and the attempt is given up.
        var third = (await disturbed.QueryAsync<string>("select payment_id from public.payments where amount >= 300 order by transaction_date, payment_id offset 15 limit 1")).Single();
        await using (var holder = await disturbed.Worker.OpenConnectionAsync())
        await using (var transaction = await holder.BeginTransactionAsync())
        {
            await using var hold = new Npgsql.NpgsqlCommand("update public.payments set updated_at = now() where payment_id = $1", holder) { Parameters = { new() { Value = third } } };
            await hold.ExecuteNonQueryAsync();
            using var cut = new CancellationTokenSource();
            var attempt = AttemptAsync(disturbed, runId, January, cut.Token);
            while ((await disturbed.QueryAsync<long>("select coalesce(max(payments_read), 0) from risk.rescores")).Single() == 0) await Task.Delay(20);
            while ((await disturbed.QueryAsync<bool>("select exists (select from pg_stat_activity where wait_event_type = 'Lock' and query like '%apply_rescores%')")).Single() is false) await Task.Delay(20);
            await cut.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt);
        }

        var done = (await disturbed.QueryAsync<long>("select payments_read from risk.rescores")).Single();
        Assert.InRange(done, 7, 49);
        await disturbed.AssertExactAsync();
        var result = await AttemptAsync(disturbed, runId, January, default);
        var expected = await RescoreAsync(undisturbed, January);

        await disturbed.AssertExactAsync();
        const string Scores = "select string_agg(concat_ws(' ', payment_id, risk_score, is_suspicious), ', ' order by payment_id) from public.payments";
        Assert.Equal(await undisturbed.QueryAsync<string>(Scores), await disturbed.QueryAsync<string>(Scores));
        Assert.Equal(
            (expected.PaymentsRead, expected.ScoresChanged, expected.FlagsSet, expected.AssessmentsWritten),
            (result.PaymentsRead, result.ScoresChanged, result.FlagsSet, result.AssessmentsWritten));
        Assert.Equal(expected.Distribution.After, result.Distribution.After);
    }

    [Fact]
    public async Task A_rule_that_hits_too_much_is_capped_day_by_day_in_the_order_of_time()
    {
        await using var lab = await OpenAsync(0);
        // 300 payments of one day, and the rule may hit every fifth: it counts until 200 were asked about, and is over its share from then on.
        var file = new StringBuilder(ImportLab.PaymentsHeader);
        var first = new DateTime(2025, 1, 5, 0, 0, 0, DateTimeKind.Utc);
        for (var i = 0; i < 300; i++) file.Append(CultureInfo.InvariantCulture, $"P{i:D4},C{(i % 3) + 1},M1,700.00,USD,WALLET,SUCCESS,{first.AddMinutes(i):yyyy-MM-dd'T'HH:mm:ss'Z'}\n");
        await lab.ImportAsync("payments", file.ToString());
        await lab.ExecuteAsync("update risk.rules set expression = 'amount >= 500', max_share = 0.2 where rule_code = 'AMOUNT_OVER_10000'; select pipeline.announce_risk_change('rules')");

        await RescoreAsync(lab, January);
        var again = await RescoreAsync(lab, January);

        Assert.Equal(["199 P0000 P0198"], await lab.QueryAsync<string>("select concat_ws(' ', count(*), min(payment_id), max(payment_id)) from public.payments where risk_score = 40"));
        Assert.Equal(0, again.ScoresChanged);
        await lab.AssertExactAsync();
    }

    [Fact]
    public async Task An_attempt_that_meets_other_rules_than_the_one_before_begins_anew()
    {
        await using var lab = await OpenAsync(30, ("Rescore:ChunkPayments", "7"));
        var runId = await RequestAsync(lab);
        await AttemptAsync(lab, runId, January, default);
        await FlagFromAsync(lab, 500);

        var result = await AttemptAsync(lab, runId, January, default);

        Assert.Equal((30, 15, true), (result.PaymentsRead, result.FlagsSet, result.IsCurrent));
        await lab.AssertExactAsync();
    }

    [Fact]
    public async Task Alerts_are_raised_where_they_are_asked_for_and_once()
    {
        await using var lab = await OpenAsync(20);
        await FlagFromAsync(lab, 900);
        await RescoreAsync(lab, January);
        Assert.Equal(0, (await lab.QueryAsync<long>("select count(*) from risk.alerts")).Single());

        await FlagFromAsync(lab, 800);
        var asked = await RescoreAsync(lab, January with { RaiseAlerts = true });
        var again = await RescoreAsync(lab, January with { RaiseAlerts = true });

        Assert.True(asked.AlertsRaised > 0);
        Assert.Equal(asked.AlertsRaised, (await lab.QueryAsync<long>("select count(*) from risk.alerts")).Single());
        Assert.Equal(0, again.AlertsRaised);
    }

    /// <summary>A store with payments of amounts 0 to 1,000 in even steps, a few hours apart, and the flag rule alone.</summary>
    private static async Task<ImportLab> OpenAsync(int payments, params (string Key, string Value)[] settings)
    {
        var lab = await ImportLab.OpenAsync(settings);
        await lab.ExecuteAsync(
            """
            insert into public.customers (customer_id, customer_name, country)
            select 'C' || n, 'Customer ' || n, case when n > 1 then 'DE' end from generate_series(1, 3) as n;
            insert into public.merchants (merchant_id, merchant_name) values ('M1', 'A merchant'), ('M2', 'Another');
            delete from risk.rules where rule_code not in ('AMOUNT_OVER_10000', 'REPEATED_FAILURES');
            select pipeline.announce_risk_change('rules')
            """);
        if (payments == 0) return lab;

        var first = new DateTime(2025, 1, 2, 8, 0, 0, DateTimeKind.Utc);
        var file = new StringBuilder(ImportLab.PaymentsHeader);
        for (var i = 0; i < payments; i++)
        {
            // Amounts come shuffled: 7 has no common divisor with the sizes used.
            var amount = 1_000m * (i * 7 % payments) / payments;
            file.Append(CultureInfo.InvariantCulture, $"P{i:D4},C{(i % 3) + 1},M{(i % 2) + 1},{amount + 0.01m:0.00},USD,WALLET,SUCCESS,{first.AddHours(i * 6):yyyy-MM-dd'T'HH:mm:ss'Z'}\n");
        }

        await lab.ImportAsync("payments", file.ToString());
        return lab;
    }

    private static Task FlagFromAsync(ImportLab lab, int amount) => lab.ExecuteAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"update risk.rules set expression = 'amount >= {amount}' where rule_code = 'AMOUNT_OVER_10000'; select pipeline.announce_risk_change('rules')"));

    private static async Task<RescoreResult> RescoreAsync(ImportLab lab, RescoreRequest request) => await AttemptAsync(lab, await RequestAsync(lab), request, default);

    private static async Task<long> RequestAsync(ImportLab lab) => (await lab.QueryAsync<long>(
        "insert into ops.runs (kind, request_key, requested_by) values ('rescore', gen_random_uuid()::text, 'command') returning run_id")).Single();

    /// <summary>Claims the run, as a worker does, does it, and ends it.</summary>
    private static async Task<RescoreResult> AttemptAsync(ImportLab lab, long runId, RescoreRequest request, CancellationToken cancellationToken)
    {
        var attempt = (await lab.QueryAsync<int>("update ops.runs set status = 'running', finished_at = null, attempt = attempt + 1 where run_id = @runId returning attempt", new { runId })).Single();
        var result = await lab.Get<RescoreStage>().RunAsync(new RunContext(runId, attempt, lab.Worker, TimeProvider.System), request, cancellationToken);
        await lab.QueryAsync<int>("update ops.runs set status = 'succeeded', finished_at = now() where run_id = @runId returning attempt", new { runId });
        return result;
    }
}
