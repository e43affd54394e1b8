using Payments.Pipeline.Import;

namespace Payments.Pipeline.Tests.Import;

/// <summary>A store with payments of one settled merchant in January 2025, at a commission of 2.5 %, and files of refunds and disputes about them.</summary>
internal sealed class ClaimLab : IAsyncDisposable
{
    private const string RefundsHeader = "refund_id,payment_id,amount,currency,status,reason,refund_date\n";
    private const string DisputesHeader = "dispute_id,payment_id,amount,currency,status,reason,dispute_date\n";

    private ClaimLab(ImportLab store) => Store = store;

    public ImportLab Store { get; }

    public static async Task<ClaimLab> OpenAsync(int batchRecords, string[] payments)
    {
        var lab = new ClaimLab(await ImportLab.OpenAsync(("Import:BatchRecords", $"{batchRecords}")));
        await lab.Store.AddReferencesAsync();
        await lab.Store.ExecuteAsync("update public.merchants set commission_rate = 2.5, settles_from = '2025-01-01' where merchant_id = 'MERCH0001'");
        await lab.Store.ImportAsync("payments", ImportLab.PaymentsHeader + string.Concat(payments));
        return lab;
    }

    public Task<ImportReport> RefundAsync(params string[] records) => Store.ImportAsync("refunds", RefundsHeader + string.Concat(records));

    public Task<ImportReport> MoveRefundsAsync(params string[] records) => Store.ImportAsync("refunds", RefundsHeader + string.Concat(records), ImportMode.Update);

    public Task<ImportReport> DisputeAsync(params string[] records) => Store.ImportAsync("disputes", DisputesHeader + string.Concat(records));

    public Task<ImportReport> MoveDisputesAsync(params string[] records) => Store.ImportAsync("disputes", DisputesHeader + string.Concat(records), ImportMode.Update);

    /// <summary>Settles everything before a day of January.</summary>
    public Task SettleAsync(int day) => Store.ExecuteAsync($"select pipeline.settle_payments('2025-01-{day:D2}')");

    /// <summary>Pays the settlement of a day of January.</summary>
    public Task CloseAsync(int day) => Store.ExecuteAsync(
        $"update public.settlements set status = 'COMPLETED', settlement_date = period_end where period_start = '2025-01-{day:D2}'");

    /// <summary>Day, total, commission, adjustment, net, payments and status of each.</summary>
    public Task<List<string>> SettlementsAsync() => Store.QueryAsync<string>("""
        select concat_ws(' ', to_char(period_start, 'DD'), total_amount, commission_amount, adjustment_amount, net_amount, payment_count, status)
        from public.settlements order by period_start
        """);

    /// <summary>Payment, amount, cause, refund or dispute, the day of the settlement that holds the payment and of the one that carries the adjustment.</summary>
    public Task<List<string>> AdjustmentsAsync() => Store.QueryAsync<string>("""
        select concat_ws(' ', payment_id, amount, cause, refund_id, dispute_id, substr(settled_in, 11, 2), coalesce(substr(settlement_id, 11, 2), ''))
        from public.settlement_adjustments order by payment_id, adjustment_id
        """);

    public Task<List<string>> StatusesAsync() =>
        Store.QueryAsync<string>("select concat_ws(' ', payment_id, payment_status) from public.payments order by payment_id");

    /// <summary>Payment, status before and after, the refund that moved it and its line.</summary>
    public Task<List<string>> MovesAsync() => Store.QueryAsync<string>(
        "select concat_ws(' ', payment_id, previous_status, new_status, refund_id, line_number) from ops.payment_history order by move_id");

    /// <summary>Payment, whether it is fraud, and since when that is known.</summary>
    public Task<List<string>> LabelsAsync() => Store.QueryAsync<string>("""
        select concat_ws(' ', payment_id, is_fraud::text,
            case when known_at > now() - interval '1 hour' then 'today' else to_char(known_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') end)
        from risk.labels where source = 'dispute' order by payment_id
        """);

    public Task AssertExactAsync() => Store.AssertExactAsync();

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
