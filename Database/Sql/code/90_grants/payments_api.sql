-- The API reads the store and what happened in ops, asks for work by inserting rows, and loads payments that it is sent: it adds
-- to payments and rollups in lanes of its own, and changes or removes no payment.
-- Grain: none. Reads: nothing. Called by: the migrator, at every deploy.
--
-- It may execute what the stages call, with its own rights: the tables are the wall, not the functions.
-- Only functions with owner's rights are kept from it, but for those that the load of a batch needs: a sample of a lane and
-- the partition of a month.
grant usage on schema public, rollup, staging, risk, ops, settlement, reconciliation, pipeline
    to payments_api;
grant select on all tables in schema public, rollup, risk, ops, settlement, reconciliation
    to payments_api;
revoke all on ops.schema_journal, public.payment_cards from payments_api;
grant insert on ops.runs, ops.imports to payments_api;
grant update (status, failed_attempts, lost_attempts, not_before, finished_at) on ops.runs to payments_api;
grant update (run_id, status, finished_at, error, records_dismissed) on ops.imports to payments_api;
grant insert on ops.replayed_records to payments_api;
grant update (status, replay_import_id, handled_by, handled_at, note)
    on ops.quarantine to payments_api;
grant update (cancel_requested_at, cancel_requested_by) on ops.slow_queries to payments_api;
grant insert on public.payments, public.payment_keys to payments_api;
grant insert, update on
    rollup.payment_days,
    rollup.day_totals,
    rollup.merchant_totals,
    rollup.customer_totals
to payments_api;
grant insert, update (record_count) on ops.batches to payments_api;
grant update (records_read, records_accepted, records_duplicate, next_record) on ops.imports
    to payments_api;
grant insert, update, delete on ops.idempotency_keys to payments_api;
-- Lanes are written and read through their parents, and those of the API are swept together.
grant select, insert on staging.payments, staging.payment_verdicts to payments_api;
grant select, insert, delete on staging.payments_live, staging.payment_verdicts_live to payments_api;
-- A batch is numbered before it is written.
grant usage on sequence staging.live_lanes, ops.batches_batch_id_seq to payments_api;
grant select on staging.payment_moves to payments_api;
grant insert on risk.assessments to payments_api;
-- Reviewers work through the API. Of payments and rollups a verdict changes the flag, nothing else.
grant select on sequence risk.events_event_id_seq to payments_api;
grant insert on risk.alert_payments, risk.currency_scales to payments_api;
grant insert, update on risk.alerts to payments_api;
grant insert on risk.rule_alerts to payments_api;
grant update (status, acknowledged_at, acknowledged_by, note) on risk.rule_alerts to payments_api;
grant update on risk.review_times to payments_api;
grant insert on risk.alert_notes, risk.alert_audit, risk.events to payments_api;
grant insert, update, delete on risk.labels to payments_api;
grant update (is_suspicious, updated_at) on public.payments to payments_api;
grant update (suspicious_count) on rollup.payment_days to payments_api;
-- Rules, lists and thresholds change through the API only, and what it scores it counts.
grant insert on risk.rules, risk.audit to payments_api;
grant update (version, changed_at) on risk.versions to payments_api;
grant insert, update (removed_at, removed_by) on risk.listed_parties, risk.suppressions
    to payments_api;
grant update (thresholds_version, review_score, block_score, author, note, changed_at)
    on risk.thresholds to payments_api;
grant insert, delete on risk.rule_counts to payments_api;
grant insert, update (run_id) on risk.backtests to payments_api;
-- Models are trained by the worker; which one scores may be said through the API too.
grant update (status, note, promoted_at, retired_at) on risk.models to payments_api;
-- Calendars change through the API, which says by whom.
grant insert on ops.changes to payments_api;
-- An update is never made: who deletes a calendar locks it.
grant insert, update, delete on settlement.calendars to payments_api;
grant insert, delete on settlement.calendar_days to payments_api;
grant insert, update, delete on settlement.calendar_exceptions to payments_api;
-- So do the terms and fees of merchants.
grant insert, update on settlement.terms to payments_api;
grant insert, update, delete on settlement.fees to payments_api;
-- Operators follow incidents through the API, administrators change policies.
grant usage on schema sla to payments_api;
grant select on all tables in schema sla to payments_api;
grant insert, update on sla.policies to payments_api;
grant insert, delete on sla.policy_tiers to payments_api;
grant update (acknowledged_at, acknowledged_by, assignee, updated_at) on sla.incidents
    to payments_api;
grant insert on sla.incident_events to payments_api;
-- People match, take back, resolve and say whose accounts are whose; runs match by themselves.
grant insert on reconciliation.match_groups, reconciliation.match_group_items,
    reconciliation.waiting_lines, reconciliation.proposals, reconciliation.proposal_items
to payments_api;
grant delete on reconciliation.line_matches, reconciliation.waiting_lines to payments_api;
grant update (is_standing, undone_at, undone_by, undone_note) on reconciliation.match_groups
    to payments_api;
grant update (is_standing) on reconciliation.match_group_items to payments_api;
grant update (status, decided_at, decided_by, note, match_id) on reconciliation.proposals
    to payments_api;
grant insert, update on
    reconciliation.differences,
    reconciliation.accounts,
    reconciliation.run_figures
to payments_api;
grant select, insert, delete on staging.found_differences to payments_api;
grant execute on all functions in schema public, pipeline to payments_api;
revoke execute on function
    pipeline.analyze_matches(bigint, text),
    pipeline.analyze_settlements(),
    pipeline.attach_restored_table(date),
    pipeline.create_restored_table(date),
    pipeline.drop_payment_partition(date),
    pipeline.list_commission_differences()
from payments_api;
