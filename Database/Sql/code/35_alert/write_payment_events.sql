-- Writes events about payments that have just been loaded. What the feed sends about them, list_events reads.
-- Grain: none. Reads: nothing.
-- Called by: store_payments (every payment) and RaiseStage (those from REVIEW upward and flagged ones),
-- last in the transaction.
create function pipeline.write_payment_events(
    p_payment_ids text[]
) returns void
language plpgsql
as $$
begin
    perform pipeline.order_events();
    insert into risk.events (kind, payment_id)
    select
        'payment',
        loaded.payment_id
    from unnest(p_payment_ids) with ordinality as loaded (payment_id, place)
    order by loaded.place;
end;
$$;

comment on function pipeline.write_payment_events(text[]) is
    'Writes one event for each of the given payments, in the given order.';
