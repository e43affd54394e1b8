-- Says how far a rescore has come, in the transaction of its last chunk.
-- Grain: none. Reads: risk.rescores. Called by: RescoreStage.
create function pipeline.advance_rescore(
    p_run_id bigint,
    p_done_until timestamptz,
    p_done_payment_id text,
    p_payments_read bigint,
    p_scores_changed bigint,
    p_flags_set bigint,
    p_flags_cleared bigint,
    p_decisions_raised bigint,
    p_decisions_lowered bigint,
    p_assessments_written bigint,
    p_alerts_raised bigint,
    p_distribution jsonb,
    p_finished_at timestamptz
) returns void
language sql
as $$
    update risk.rescores as rescore
    set
        done_until = coalesce(p_done_until, rescore.done_until),
        done_payment_id = coalesce(p_done_payment_id, rescore.done_payment_id),
        payments_read = p_payments_read,
        scores_changed = p_scores_changed,
        flags_set = p_flags_set,
        flags_cleared = p_flags_cleared,
        decisions_raised = p_decisions_raised,
        decisions_lowered = p_decisions_lowered,
        assessments_written = p_assessments_written,
        alerts_raised = p_alerts_raised,
        distribution = p_distribution,
        finished_at = p_finished_at
    where rescore.run_id = p_run_id;

    -- A run that gets on is none to give up.
    update ops.runs as run
    set
        failed_attempts = 0,
        lost_attempts = 0
    where run.run_id = p_run_id
        and (run.failed_attempts > 0 or run.lost_attempts > 0);
$$;

comment on function pipeline.advance_rescore(
    bigint, timestamptz, text, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, jsonb, timestamptz
) is 'Keeps a rescore''s counts and the last payment that is done.';
