-- Agrees on a fee of a merchant from a processing day on. It ends an earlier one of the same method and currency for good.
-- Grain: one row: the fee's id, or what refuses it (paid, taken) and the first day that is free.
-- Reads: settlement.fees, settlements. Called by: POST /api/merchants/{id}/fees.
create function pipeline.add_fee(
    p_merchant_id text,
    p_payment_method text,
    p_currency text,
    p_percent numeric,
    p_fixed_amount numeric,
    p_minimum_amount numeric,
    p_valid_from date,
    p_valid_until date,
    p_note text,
    p_author text,
    p_now timestamptz
) returns table (
    fee_id bigint,
    refused_for text,
    free_from date
)
language plpgsql
as $$
declare
    v_fee settlement.fees;
begin
    -- No settle run is between these days and their settlements.
    perform pipeline.lock_settlements();
    free_from := pipeline.paid_until(p_merchant_id, p_currency);
    if p_valid_from < free_from then
        refused_for := 'paid';
        return next;
        return;
    end if;

    insert into settlement.fees (
        merchant_id,
        payment_method,
        currency,
        percent,
        fixed_amount,
        minimum_amount,
        valid_from,
        valid_until,
        author,
        created_at,
        updated_at
    )
    values (
        p_merchant_id,
        p_payment_method,
        p_currency,
        p_percent,
        p_fixed_amount,
        p_minimum_amount,
        p_valid_from,
        p_valid_until,
        left(p_author, 100),
        p_now,
        p_now
    )
    on conflict do nothing
    returning * into v_fee;
    if v_fee.fee_id is null then
        refused_for := 'taken';
        return next;
        return;
    end if;

    fee_id := v_fee.fee_id;
    perform pipeline.write_change(
        'fee',
        p_merchant_id || '/' || v_fee.fee_id,
        'created',
        p_author,
        p_note,
        null,
        to_jsonb(v_fee),
        p_now
    );
    return next;
end;
$$;

comment on function pipeline.add_fee(
    text, text, text, numeric, numeric, numeric, date, date, text, text, timestamptz
) is
    'Makes a fee from a day that nothing paid covers and writes it down; else says what refuses it (paid, taken) and from which day on it may begin.';
