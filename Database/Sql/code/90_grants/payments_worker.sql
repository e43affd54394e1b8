-- The worker writes everything that the stages write and owns nothing: it cannot change a table.
-- Grain: none. Reads: nothing. Called by: the migrator, at every deploy.
grant usage on schema
    public,
    rollup,
    staging,
    risk,
    ops,
    quartz,
    settlement,
    sla,
    reconciliation,
    pipeline
to payments_worker;
grant select on all tables in schema public to payments_worker;
grant insert, update, delete on
    public.customers,
    public.merchants,
    public.payments,
    public.payment_cards,
    public.payment_keys,
    public.refunds,
    public.disputes,
    public.settlements,
    public.settlement_payments,
    public.settlement_adjustments
to payments_worker;
grant select, insert, update, delete on all tables in schema
    rollup,
    risk,
    ops,
    quartz,
    settlement,
    sla,
    reconciliation
to payments_worker;
grant usage on sequence reconciliation.matches_match_id_seq to payments_worker;
grant select, insert, update, delete, truncate on all tables in schema staging to payments_worker;
-- Whether the schema is current it may say, not change.
revoke all on ops.schema_journal from payments_worker;
grant select on ops.schema_journal to payments_worker;
grant execute on all functions in schema public, pipeline to payments_worker;
