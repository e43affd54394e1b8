namespace Payments.Bench;

/// <summary>The contract's views and functions as clients ask them.</summary>
internal static class ContractReads
{
    /// <summary>Each read by name.</summary>
    /// <param name="day">A UTC day with payments, the last of a month's span.</param>
    public static IReadOnlyList<(string Name, string Sql)> For(DateOnly day)
    {
        var (from, to) = ($"{day.AddDays(-29):yyyy-MM-dd}", $"{day:yyyy-MM-dd}");
        return
        [
            ("vw_payment_analytics, newest 100", "select * from public.vw_payment_analytics order by payment_date desc limit 100"),
            ("vw_payment_analytics, any 100", "select * from public.vw_payment_analytics limit 100"),
            ("vw_merchant_performance, all", "select * from public.vw_merchant_performance"),
            ("vw_customer_insights, top 100", "select * from public.vw_customer_insights order by total_spent desc limit 100"),
            ("vw_customer_insights, any 100", "select * from public.vw_customer_insights limit 100"),
            ("get_daily_transaction_summary", $"select * from public.get_daily_transaction_summary('{to}')"),
            ("detect_failed_payments, 30 days, first 100", $"select * from public.detect_failed_payments('{from}', '{to}') limit 100"),
            ("detect_failed_payments, 30 days", $"select * from public.detect_failed_payments('{from}', '{to}')"),
            ("detect_high_risk_transactions(70), first 100", "select * from public.detect_high_risk_transactions(70) limit 100"),
            ("identify_sla_breaches, first 100", "select * from public.identify_sla_breaches() limit 100"),
            ("identify_sla_breaches", "select * from public.identify_sla_breaches()"),
        ];
    }
}
