namespace Payments.Pipeline.Tests.Import.Reports;

/// <summary>What tests of reports look at.</summary>
internal static class ReportLab
{
    public static Task<List<string>> LinesAsync(this ImportLab lab) => lab.QueryAsync<string>("""
        select concat_ws(' ', processor, account, external_id, coalesce(payout_key, '-'), category, original_category, coalesce(payment_reference, '-'), currency, gross, fee, net,
            presentment_amount, presentment_currency, exchange_rate, to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), available_on)
        from reconciliation.processor_lines order by line_id
        """);

    public static Task<List<string>> PayoutsAsync(this ImportLab lab) => lab.QueryAsync<string>("""
        select concat_ws(' ', processor, payout_key, account, amount, currency, status, arrival_date, to_char(initiated_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), reference,
            case when is_stated then 'stated' else 'summed' end)
        from reconciliation.payouts order by processor, payout_key
        """);

    /// <summary>Whether every payout that lines were told of is what they say.</summary>
    public static async Task AssertPayoutsFollowLinesAsync(this ImportLab lab) => Assert.Empty(await lab.QueryAsync<string>("""
        select concat_ws(' ', payout.payout_key, payout.amount, line.net)
        from reconciliation.payouts as payout
        inner join (
            select processor, payout_key, sum(net) filter (where category <> 'payout') as net
            from reconciliation.processor_lines group by processor, payout_key
        ) as line using (processor, payout_key)
        where payout.amount <> line.net
        """));
}
