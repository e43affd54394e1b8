-- What happened to a payment after it came: its moves, and those of its refunds and disputes.
-- Grain: one move. Reads: ops.payment_history, claim_history, batches, imports, public.refunds, disputes.
-- Called by: GET /api/lineage/payments/{id}.
create function pipeline.list_payment_history(
    p_payment_id text
) returns table (
    subject varchar,
    id varchar,
    previous_status varchar,
    new_status varchar,
    moved_at timestamptz,
    refund_id varchar,
    line_number bigint,
    import_id bigint,
    file_name varchar,
    batch_id bigint,
    move_id bigint
)
language sql
stable
parallel safe
as $$
    with moved as (
        select
            'payment' as subject,
            move.payment_id as id,
            move.previous_status,
            move.new_status,
            move.moved_at,
            move.refund_id,
            move.line_number,
            move.batch_id,
            move.move_id
        from ops.payment_history as move
        where move.payment_id = p_payment_id
        union all
        select
            move.kind,
            move.claim_id,
            move.previous_status,
            move.new_status,
            move.moved_at,
            null,
            move.line_number,
            move.batch_id,
            move.move_id
        from public.refunds as refund
        inner join ops.claim_history as move
            on move.claim_id = refund.refund_id
            and move.kind = 'refund'
        where refund.payment_id = p_payment_id
        union all
        select
            move.kind,
            move.claim_id,
            move.previous_status,
            move.new_status,
            move.moved_at,
            null,
            move.line_number,
            move.batch_id,
            move.move_id
        from public.disputes as dispute
        inner join ops.claim_history as move
            on move.claim_id = dispute.dispute_id
            and move.kind = 'dispute'
        where dispute.payment_id = p_payment_id
    )
    select
        moved.subject,
        moved.id,
        moved.previous_status,
        moved.new_status,
        moved.moved_at,
        moved.refund_id,
        moved.line_number,
        batch.import_id,
        import.file_name,
        moved.batch_id,
        moved.move_id
    from moved
    left join ops.batches as batch on batch.batch_id = moved.batch_id
    left join ops.imports as import on import.import_id = batch.import_id;
$$;

comment on function pipeline.list_payment_history(text) is
    'Moves of a payment and of its refunds and disputes, each with its line and file. Unordered: the caller sorts by moved_at, batch_id, line_number, subject and move_id.';
