-- Ends a fee of a merchant. One that has priced nothing yet and ends before it begins is removed.
-- Grain: one row: whether it is done, or what refuses it (unknown, ended, paid, settled) and the first day on which it may
-- end. Reads: settlement.fees, settlements. Called by: DELETE /api/merchants/{id}/fees/{fee_id}.
create function pipeline.end_fee(
    p_merchant_id text,
    p_fee_id bigint,
    p_ends_on date,
    p_by text,
    p_now timestamptz
) returns table (
    is_done boolean,
    refused_for text,
    free_from date
)
language plpgsql
as $$
declare
    v_before settlement.fees;
    v_after settlement.fees;
begin
    -- No settle run is between these days and their settlements.
    perform pipeline.lock_settlements();
    select fee.*
    into v_before
    from settlement.fees as fee
    where fee.merchant_id = p_merchant_id
        and fee.fee_id = p_fee_id
    for update;

    select listed.ends_on
    into free_from
    from pipeline.list_merchant_fees(p_merchant_id) as listed
    where listed.fee_id = p_fee_id
        and listed.ends_on <= p_ends_on;
    refused_for := case
        when v_before.fee_id is null then 'unknown'
        when free_from is not null then 'ended'
    end;
    if refused_for is null then
        free_from := pipeline.paid_until(p_merchant_id, v_before.currency);
        refused_for := case when p_ends_on < free_from then 'paid' end;
    end if;

    if refused_for is null and p_ends_on <= v_before.valid_from
        and v_before.valid_from < pipeline.settled_until(p_merchant_id) then
        free_from := v_before.valid_from + 1;
        refused_for := 'settled';
    end if;

    if refused_for is not null then
        return next;
        return;
    end if;

    if p_ends_on <= v_before.valid_from then
        delete from settlement.fees as fee
        where fee.fee_id = p_fee_id;
    else
        update settlement.fees as fee
        set
            valid_until = p_ends_on,
            updated_at = p_now
        where fee.fee_id = p_fee_id
        returning fee.* into v_after;
    end if;

    perform pipeline.write_change(
        'fee',
        p_merchant_id || '/' || p_fee_id,
        case when v_after.fee_id is null then 'removed' else 'ended' end,
        p_by,
        null,
        to_jsonb(v_before),
        case when v_after.fee_id is not null then to_jsonb(v_after) end,
        p_now
    );
    is_done := true;
    return next;
end;
$$;

comment on function pipeline.end_fee(text, bigint, date, text, timestamptz) is
    'Ends a fee on a day that nothing paid covers, or removes it if it priced nothing, and writes it down; else says what refuses it (unknown, ended, paid, settled) and on which day it may end, or ended.';
