-- Whether there is not one payment, which is what the first run fills.
-- Grain: one row. Reads: public.payment_keys. Called by: FirstRun.
create function pipeline.is_store_empty() returns boolean
language sql
stable
parallel safe
as $$
    select not exists (
        select
        from public.payment_keys
    );
$$;

comment on function pipeline.is_store_empty() is 'Whether there is not one payment.';
