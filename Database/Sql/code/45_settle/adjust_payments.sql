-- Brings the adjustments of settled payments up to what their refunds, disputes and statuses say.
-- Grain: none. Reads: list_due_adjustments, disputes.
-- Called by: upsert_claims, follow_moves, finish_settling; all hold lock_settlements.
create function pipeline.adjust_payments(
    p_payment_ids text[]
) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
    insert into public.settlement_adjustments (
        payment_id,
        merchant_id,
        currency,
        amount,
        cause,
        refund_id,
        dispute_id,
        settled_in
    )
    select
        due.payment_id,
        due.merchant_id,
        due.currency,
        due.amount,
        case
            when due.amount < 0 and due.refund_id is not null then 'refund'
            when due.amount < 0 and due.dispute_id is not null then 'dispute'
            when due.amount < 0 then 'payment_refunded'
            when due.refund_id is not null then 'refund_failed'
            when dispute.dispute_status = 'won' then 'dispute_won'
            else 'covered'
        end,
        due.refund_id,
        due.dispute_id,
        due.settled_in
    from pipeline.list_due_adjustments(p_payment_ids) as due
    left join public.disputes as dispute on dispute.dispute_id = due.dispute_id collate "C"
    order by
        due.payment_id,
        due.refund_id,
        due.dispute_id;
    perform pipeline.carry_adjustments();
end;
$$;

comment on function pipeline.adjust_payments(text[]) is
    'Adds the adjustments that these payments lack, if they are settled, and gives what waits to open settlements.';
