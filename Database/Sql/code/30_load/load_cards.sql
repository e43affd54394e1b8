-- Keeps the cards of a batch's new payments: keyed hash and last four digits.
-- Grain: none. Reads: staging.payments, public.payments, ops.batches.
-- Called by: LoadStage, after load_batch, for files that tell cards.
create function pipeline.load_cards(
    p_batch_id bigint
) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
    v_lane smallint;
begin
    select batch.lane
    into v_lane
    from ops.batches as batch
    where batch.batch_id = p_batch_id;

    insert into public.payment_cards (payment_id, card_hash, card_last_four)
    select
        staged.payment_id,
        substring(staged.card from 1 for 32),
        nullif(convert_from(substring(staged.card from 33), 'UTF8'), '')
    from staging.payments as staged
    inner join public.payments as payment
        on payment.payment_id = staged.payment_id
        and payment.transaction_date = staged.transaction_date
        and payment.batch_id = staged.batch_id
        and payment.line_number = staged.line_number
    where staged.lane = v_lane
        and staged.batch_id = p_batch_id
        and staged.card is not null
    order by staged.payment_id;
end;
$$;

comment on function pipeline.load_cards(bigint) is
    'Keeps the cards of the payments that a batch has added.';
