-- Adds the payments of staging.changed_payments to the rollups (sign 1) or takes them out (-1), however many they are.
-- Grain: none. Reads: staging.changed_payments.
-- Called by: move_payments, remove_generated, upsert_customers, complete_restore, which change stored payments.
create function pipeline.recount_changed(
    p_sign int
) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set jit = off
as $$
declare
    -- As many as a large batch: millions at once would not fit into a value. A cursor of its own, because a loop over the query would
    -- fetch fifty parts at a time.
    c_part constant int := 100000;
    v_part staging.scored_payment[];
    v_parts cursor for
        select array_agg(changed.payment order by changed.place)
        from (
            select
                payment::staging.scored_payment as payment,
                row_number() over (order by payment.payment_date, payment.merchant_id) as place
            from staging.changed_payments as payment
        ) as changed
        group by (changed.place - 1) / c_part
        order by (changed.place - 1) / c_part;
begin
    open v_parts;
    loop
        fetch v_parts into v_part;
        exit when not found;
        perform pipeline.add_to_rollups(v_part, p_sign);
    end loop;
    close v_parts;
end;
$$;

comment on function pipeline.recount_changed(int) is
    'Adds the payments of staging.changed_payments to the rollups (sign 1) or takes them out (-1).';
