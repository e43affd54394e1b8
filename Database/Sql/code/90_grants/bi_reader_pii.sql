-- BI tools that may see customers' names and e-mail: every view, no table.
-- Grain: none. Reads: nothing. Called by: the migrator, at every deploy.
grant usage on schema public to bi_reader_pii;
grant select on
    public.vw_alerts,
    public.vw_commission_differences,
    public.vw_payment_analytics,
    public.vw_reconciliation_summary,
    public.vw_risk_drift,
    public.vw_risk_quality,
    public.vw_sla_breaches,
    public.vw_sla_by_month,
    public.vw_sla_by_month_by_currency,
    public.vw_merchant_performance,
    public.vw_merchant_performance_by_currency,
    public.vw_customer_insights,
    public.vw_customer_insights_by_currency
to bi_reader_pii;
grant execute on function pipeline.list_commission_differences() to bi_reader_pii;
