-- Keeps answers under their idempotency keys, in the transaction of what they tell.
-- Grain: one key. Reads: nothing. Called by: AcceptedBatch, which holds the keys' locks (find_answers).
create function pipeline.keep_answers(
    p_callers text[],
    p_keys text[],
    p_hashes uuid[],
    p_statuses smallint[],
    p_locations text[],
    p_bodies text[]
) returns void
language sql
as $$
    insert into ops.idempotency_keys as kept (
        caller, idempotency_key, request_hash, answer_status, answer_location, answer_body
    )
    select
        answer.caller,
        answer.idempotency_key,
        answer.request_hash,
        answer.answer_status,
        answer.answer_location,
        answer.answer_body
    from unnest(p_callers, p_keys, p_hashes, p_statuses, p_locations, p_bodies) as answer (
        caller, idempotency_key, request_hash, answer_status, answer_location, answer_body
    )
    -- An answer that has had its time and is not swept yet.
    on conflict on constraint idempotency_keys_pkey do update set
        request_hash = excluded.request_hash,
        answer_status = excluded.answer_status,
        answer_location = excluded.answer_location,
        answer_body = excluded.answer_body,
        created_at = excluded.created_at;
$$;

comment on function pipeline.keep_answers(text[], text[], uuid[], smallint[], text[], text[]) is
    'Keeps the answers to requests that have an idempotency key.';
