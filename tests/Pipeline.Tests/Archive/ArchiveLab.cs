using System.Globalization;
using Payments.Pipeline.Archive;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Tests.Import;

namespace Payments.Pipeline.Tests.Archive;

/// <summary>A store with a settled January 2025 of every kind of payment, and what archives and restores do to it.</summary>
internal sealed class ArchiveLab : IAsyncDisposable
{
    public static readonly DateOnly January = new(2025, 1, 1);
    private const int Small = 5;

    private ArchiveLab(ImportLab lab) => Lab = lab;

    public ImportLab Lab { get; }

    public string FilePath => Path.Combine(Lab.StoragePath, "archive", "payments-2025-01.parquet");

    /// <summary>
    /// A to F in January, G in February: each status, three currencies of 0, 2 and 3 digits, microseconds, nulls, a refund after the payout;
    /// sample payments with failure reason and processing time. January is paid out.
    /// </summary>
    public static async Task<ArchiveLab> OpenAsync(bool withSamples = true, bool isPaidOut = true)
    {
        var lab = new ArchiveLab(await ImportLab.OpenAsync(("Import:BatchRecords", $"{Small}")));
        await lab.Lab.ImportAsync("customers", "customer_id,customer_name,country\nC1,One,Austria\nC2,Two,\n");
        await lab.Lab.ImportAsync("merchants", "merchant_id,merchant_name,commission_rate,settles_from\nM1,Settled,2.5,2025-01-01\nM2,Not settled,0,\n");
        await lab.ImportAsync(
            "A,C1,M1,10.50,USD,WALLET,SUCCESS,2025-01-10T10:00:00.123456Z", "B,C1,M1,123456,JPY,CREDIT_CARD,SUCCESS,2025-01-10T23:59:59.999999Z",
            "C,C2,M1,0.005,KWD,PAYPAL,FAILED,2025-01-01T00:00:00Z", "D,C2,M2,9999999999999.99,USD,CRYPTO,SUCCESS,2025-01-31T23:59:59Z",
            "E,C1,M1,20000,USD,BANK_TRANSFER,SUCCESS,2025-01-11T10:00:00Z", "F,C1,M2,7.000,KWD,WALLET,REFUNDED,2025-01-11T10:00:00Z",
            "G,C1,M1,5.00,USD,WALLET,SUCCESS,2025-02-01T00:00:00Z");
        if (withSamples)
        {
            await lab.Lab.ImportAsync(
                "generated",
                "payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date,processing_time_seconds,failure_reason\n"
                + "S1,C1,M2,10,USD,WALLET,FAILED,2025-01-20T00:00:00Z,0,\"card \"\"declined\"\", ä€😀\"\nS2,C2,M2,11,USD,WALLET,SUCCESS,2025-01-20T00:00:00Z,86400,\n");
        }

        await lab.Lab.ExecuteAsync("select pipeline.settle_payments('2025-02-02')");
        if (!isPaidOut) return lab;
        await lab.Lab.ExecuteAsync("update public.settlements set status = 'COMPLETED', settlement_date = expected_settlement_date where period_start < '2025-02-01'");
        await lab.UpdateAsync("E,C1,M1,20000,USD,BANK_TRANSFER,REFUNDED,2025-01-11T10:00:00Z");
        return lab;
    }

    public Task<ImportReport> ImportAsync(params string[] records) => Lab.ImportAsync("payments", FileOf(records));

    public Task<ImportReport> UpdateAsync(params string[] records) => Lab.ImportAsync("payments", FileOf(records), ImportMode.Update);

    /// <summary>Claims a run, as a worker does; again is the next attempt of the same run.</summary>
    public async Task<RunContext> ClaimAsync(string kind)
    {
        await Lab.ExecuteAsync($"insert into ops.runs (kind, request_key, requested_by) select '{kind}', gen_random_uuid()::text, 'command' where not exists (select from ops.runs where kind = '{kind}' and status in ('queued', 'running'))");
        var claimed = Assert.Single(await Lab.QueryAsync<string>(
            $"update ops.runs set status = 'running', attempt = attempt + 1, started_at = now() where kind = '{kind}' and status in ('queued', 'running') returning run_id || ' ' || attempt")).Split(' ');
        return new(long.Parse(claimed[0], CultureInfo.InvariantCulture), int.Parse(claimed[1], CultureInfo.InvariantCulture), Lab.Worker, TimeProvider.System);
    }

    public async Task<ArchivedMonth> ArchiveAsync(DateOnly? month = null)
    {
        var run = await ClaimAsync(RunKind.Archive);
        var archived = await Lab.Get<ArchiveStage>().RunAsync(run, month ?? January, default);
        await FinishAsync(run);
        return archived;
    }

    public async Task<RestoredMonth> RestoreAsync(DateOnly? month = null)
    {
        var run = await ClaimAsync(RunKind.Restore);
        var restored = await Lab.Get<RestoreStage>().RunAsync(run, month ?? January, default);
        await FinishAsync(run);
        return restored;
    }

    public Task<IReadOnlyList<string>> ObstaclesAsync(DateOnly? month = null, DateOnly? today = null, bool force = false) =>
        ArchiveStage.FindObstaclesAsync(Lab.Worker, month ?? January, today ?? new(2025, 3, 1), force, default);

    public Task FinishAsync(RunContext run) => Lab.ExecuteAsync($"update ops.runs set status = 'succeeded', finished_at = now() where run_id = {run.RunId}");

    /// <summary>Every payment with all of its columns, as text.</summary>
    public Task<List<string>> PaymentsAsync() => Lab.QueryAsync<string>("select payment::text from public.payments as payment order by payment.payment_id");

    /// <summary>What reports over all time say.</summary>
    public Task<List<string>> ReportsAsync() => Lab.QueryAsync<string>(
        """
        select 'day ' || day::text from generate_series(0, 40) as n cross join public.get_daily_transaction_summary('2025-01-01'::date + n) as day
        union all select 'cell ' || cell::text from public.vw_payment_analytics as cell
        union all select 'merchant ' || merchant::text from public.vw_merchant_performance_by_currency as merchant
        union all select 'customer ' || customer::text from public.vw_customer_insights_by_currency as customer
        union all select 'settlement ' || settlement::text from public.settlements as settlement
        order by 1
        """);

    /// <summary>Whether all that is kept besides the payments, and every assertion, holds.</summary>
    public async Task AssertExactAsync()
    {
        await Lab.AssertExactAsync();
        Assert.Equal(["t", "t"], await Lab.QueryAsync<string>(
            "select left(holds::text, 1) from pipeline.prove_rollups_equal_payments(0, now()) union all select left(holds::text, 1) from pipeline.prove_settlements_equal_payments(0, now())"));
    }

    public ValueTask DisposeAsync() => Lab.DisposeAsync();

    private static string FileOf(string[] records) => ImportLab.PaymentsHeader + string.Concat(records.Select(record => record + "\n"));
}
