using System.Globalization;
using System.Text;
using Payments.Pipeline.Quality;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Tests.Import;

namespace Payments.Pipeline.Tests.Quality;

/// <summary>Drift and quality of a store whose payments are of last January to March, all on full hours.</summary>
public sealed class RiskQualityTests
{
    private static readonly DateTime First = new(2025, 1, 6, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task Days_like_the_reference_are_stable_and_other_amounts_shift_what_follows_from_them()
    {
        await using var lab = await OpenAsync();
        await ImportAsync(lab, "P", days: 40, amount: i => 10 + (i % 50));

        var calm = await DriftAsync(lab);
        await ImportAsync(lab, "Q", days: 7, amount: i => 5000 + (i % 50), from: First.AddDays(40));
        var shifted = await DriftAsync(lab);
        var again = await DriftAsync(lab);

        Assert.Equal((new(2025, 2, 8), new(2025, 2, 14), 7 * 24), (calm.From!.Value, calm.To!.Value, (int)calm.Payments));
        Assert.DoesNotContain("amount", calm.Shifted);
        Assert.Contains("amount", shifted.Shifted);
        Assert.Contains("amount_log", shifted.Shifted);
        Assert.Contains("customer_mean_24h", shifted.Shifted);
        Assert.DoesNotContain("hour", shifted.Shifted);
        Assert.Equal(shifted.Shifted, again.Shifted);
        Assert.Equal(["first_days 2025-01-06 2025-02-02 672 672"], await lab.QueryAsync<string>("select concat_ws(' ', source, from_day, to_day, payments, sampled) from ops.risk_references"));
        // Ten bins of a tenth each; all of the later ones lie in the last: .9 x ln(1 / .1) + 9 x (.1 - .0001) x ln(.1 / .0001), give or take what the bins differ by.
        var index = (await lab.QueryAsync<decimal>("select stability_index from ops.risk_drift where subject = 'amount' order by to_day desc limit 1")).Single();
        Assert.InRange(index, 8m, 8.6m);
    }

    [Fact]
    public async Task Without_full_days_or_payments_behind_them_there_is_no_drift()
    {
        await using var lab = await OpenAsync();
        Assert.Equal(DriftResult.None, await DriftAsync(lab));
        await ImportAsync(lab, "P", days: 28, amount: _ => 10);
        Assert.Equal(DriftResult.None, await DriftAsync(lab));
    }

    [Fact]
    public async Task What_the_live_model_was_trained_on_is_the_reference()
    {
        await using var lab = await OpenAsync();
        await ImportAsync(lab, "P", days: 40, amount: i => 10 + (i % 50));
        await DriftAsync(lab);
        await lab.ExecuteAsync(
            """
            insert into risk.models (kind, status, content, trained_from, trained_until, payments, frauds, created_at, promoted_at)
            values ('forest', 'live', '', '2025-01-13 00:00Z', '2025-02-03 00:00Z', 504, 0, now(), now())
            """);

        var measured = await DriftAsync(lab);

        Assert.Equal(new(2025, 2, 14), measured.To);
        Assert.Equal(
            ["first_days 2025-01-06 2025-02-02", "model 2025-01-13 2025-02-02"],
            await lab.QueryAsync<string>("select concat_ws(' ', source, from_day, to_day) from ops.risk_references order by reference_id"));
        Assert.Equal(["model"], await lab.QueryAsync<string>("select distinct reference_source from pipeline.list_risk_drift(null, null, null)"));
    }

    [Fact]
    public async Task Weeks_are_judged_by_what_is_known_and_due_and_again_when_that_changes()
    {
        await using var lab = await OpenAsync();
        await ImportAsync(lab, "P", days: 21, amount: _ => 10);
        // The first week: 168 payments, of which two are stopped: one fraud; another fraud is let pass. The second has no label, the third one that is not due.
        await lab.ExecuteAsync(
            """
            update public.payments set risk_score = 80 where payment_id in ('P0001', 'P0002');
            update public.payments set risk_score = 20 where payment_id = 'P0003';
            insert into risk.labels (payment_id, source, is_fraud, known_at, created_at, customer_id, merchant_id, transaction_date)
            select payment_id, 'dispute', payment_id <> 'P0400', transaction_date + interval '3 days', transaction_date + interval '3 days', customer_id, merchant_id, transaction_date
            from public.payments where payment_id in ('P0001', 'P0003', 'P0400')
            """);

        var result = await QualityAsync(lab, new(2025, 1, 29, 12, 0, 0, DateTimeKind.Utc));
        Assert.Equal(new QualityResult(3, 1), result);
        Assert.Equal(
            [
                // Precision 1/2, recall 1/2, false positives 1 of 166; nothing is blocked. Ranked 80, 80 (one fraud of two), 20 (fraud): (1/2 + 2/3) / 2.
                "2025-01-06 168 2 2 true 1 1 0.500000 0.500000 0.006024 - 0.000000 0.583333",
                "2025-01-13 168 0 - true - - - - - - - -",
                "2025-01-20 168 1 - false - - - - - - - -",
            ],
            await WeeksAsync(lab));
        Assert.Equal(new QualityResult(0, 0), await QualityAsync(lab, new(2025, 1, 29, 13, 0, 0, DateTimeKind.Utc)));

        // The third week's labels become due; the second gets a late payment.
        await lab.ImportAsync("payments", ImportLab.PaymentsHeader + "LATE,C1,M1,10.00,USD,WALLET,SUCCESS,2025-01-14T10:30:00Z\n");
        Assert.Equal(new QualityResult(2, 1), await QualityAsync(lab, new(2025, 2, 3, 1, 0, 0, DateTimeKind.Utc)));
        Assert.Equal(["2025-01-13 169 0 - true - - - - - - - -", "2025-01-20 168 1 0 true 0 0 - - 0.000000 - - -"], (await WeeksAsync(lab)).Skip(1));
    }

    private static Task<List<string>> WeeksAsync(ImportLab lab) => lab.QueryAsync<string>(
        """
        select array_to_string(array[week_start::text, payments::text, labelled::text, frauds::text, is_mature::text, review_true_positives::text, review_false_positives::text,
            review_precision::text, review_recall::text, review_false_positive_rate::text, block_precision::text, block_recall::text, average_precision::text], ' ', '-')
        from ops.risk_quality order by week_start
        """);

    private static async Task<ImportLab> OpenAsync()
    {
        var lab = await ImportLab.OpenAsync();
        await lab.ExecuteAsync(
            """
            insert into public.customers (customer_id, customer_name) select 'C' || n, 'Customer ' || n from generate_series(0, 4) as n;
            insert into public.merchants (merchant_id, merchant_name) values ('M1', 'A merchant');
            delete from risk.rules;
            select pipeline.announce_risk_change('rules')
            """);
        return lab;
    }

    private static async Task ImportAsync(ImportLab lab, string prefix, int days, Func<int, int> amount, DateTime? from = null)
    {
        var file = new StringBuilder(ImportLab.PaymentsHeader);
        for (var i = 0; i < days * 24; i++)
        {
            file.Append(CultureInfo.InvariantCulture, $"{prefix}{i:D4},C{i % 5},M1,{amount(i)}.00,USD,WALLET,SUCCESS,{(from ?? First).AddHours(i):yyyy-MM-dd'T'HH:mm:ss'Z'}\n");
        }

        await lab.ImportAsync("payments", file.ToString());
    }

    private static async Task<DriftResult> DriftAsync(ImportLab lab) => await lab.Get<DriftStage>().RunAsync(await BeginAsync(lab, TimeProvider.System), default);

    private static async Task<QualityResult> QualityAsync(ImportLab lab, DateTime now) => await lab.Get<QualityStage>().RunAsync(await BeginAsync(lab, new Standing(now)), default);

    private static async Task<RunContext> BeginAsync(ImportLab lab, TimeProvider clock)
    {
        var runId = (await lab.QueryAsync<long>(
            """
            update ops.runs set status = 'succeeded', finished_at = now() where kind = 'risk_quality' and status = 'running';
            insert into ops.runs (kind, request_key, requested_by, status, attempt) values ('risk_quality', gen_random_uuid()::text, 'command', 'running', 1) returning run_id
            """)).Single();
        return new(runId, 1, lab.Worker, clock);
    }

    private sealed class Standing(DateTime now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
