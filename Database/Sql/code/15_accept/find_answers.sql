-- Locks idempotency keys for the transaction and finds the answers that were given under them.
-- Grain: one key that is held by another request or has its answer; others give no row. Reads: ops.idempotency_keys.
-- Called by: AcceptedBatch, first in its transaction.
--
-- The lock comes first: who has waited for another request sees its answer. Nobody waits, though: many payments share the
-- transaction.
create function pipeline.find_answers(
    p_callers text[],
    p_keys text[],
    p_since timestamptz
) returns table (
    place int,
    is_held boolean,
    request_hash uuid,
    answer_status smallint,
    answer_location varchar,
    answer_body text
)
language plpgsql
as $$
declare
    v_wanted record;
begin
    for v_wanted in
        select
            wanted.caller,
            wanted.idempotency_key,
            wanted.place
        from unnest(p_callers, p_keys) with ordinality as wanted (caller, idempotency_key, place)
    loop
        if not pg_try_advisory_xact_lock(
            hashtextextended(concat(v_wanted.caller, e'\n', v_wanted.idempotency_key), pipeline.lock_key('idempotency'))
        ) then
            return query select v_wanted.place::int, true, null::uuid, null::smallint, null::varchar, null;
            continue;
        end if;

        return query
            select
                v_wanted.place::int,
                false,
                kept.request_hash,
                kept.answer_status,
                kept.answer_location,
                kept.answer_body
            from ops.idempotency_keys as kept
            where kept.caller = v_wanted.caller
                and kept.idempotency_key = v_wanted.idempotency_key
                and kept.created_at >= p_since;
    end loop;
end;
$$;

comment on function pipeline.find_answers(text[], text[], timestamptz) is
    'Locks idempotency keys until the transaction ends; tells which are held by others, and the answers given since an instant under those that are not.';
