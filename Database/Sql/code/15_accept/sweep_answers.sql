-- Clears away answers that are given no more.
-- Grain: one value, the answers cleared away. Reads: ops.idempotency_keys. Called by: AnswerSweep, now and then.
create function pipeline.sweep_answers(
    p_before timestamptz,
    p_limit int
) returns bigint
language sql
as $$
    with expired as (
        select
            kept.caller,
            kept.idempotency_key
        from ops.idempotency_keys as kept
        where kept.created_at < p_before
        order by kept.created_at
        limit p_limit
        for update skip locked
    ),
    swept as (
        delete from ops.idempotency_keys as kept
        using expired
        where kept.caller = expired.caller
            and kept.idempotency_key = expired.idempotency_key
            and kept.created_at < p_before
        returning kept.caller
    )
    select count(*)
    from swept;
$$;

comment on function pipeline.sweep_answers(timestamptz, int) is
    'Deletes answers from before an instant, at most so many, and returns how many.';
