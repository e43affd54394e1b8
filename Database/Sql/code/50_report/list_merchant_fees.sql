-- The fees of a merchant, those that are over and those to come too.
-- Grain: one row of settlement.fees. Reads: settlement.fees.
-- Called by: GET, POST and DELETE /api/merchants/{id}/fees.
create function pipeline.list_merchant_fees(
    p_merchant_id text
) returns table (
    fee_id bigint,
    merchant_id varchar,
    payment_method varchar,
    currency char,
    percent numeric,
    fixed_amount numeric,
    minimum_amount numeric,
    valid_from date,
    valid_until date,
    ends_on date,
    author varchar,
    created_at timestamptz,
    updated_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        fee.fee_id,
        fee.merchant_id,
        fee.payment_method,
        fee.currency,
        fee.percent,
        fee.fixed_amount,
        fee.minimum_amount,
        fee.valid_from,
        fee.valid_until,
        least(
            fee.valid_until,
            lead(fee.valid_from) over (
                partition by
                    fee.payment_method,
                    fee.currency
                order by fee.valid_from
            )
        ) as ends_on,
        fee.author,
        fee.created_at,
        fee.updated_at
    from settlement.fees as fee
    where fee.merchant_id = p_merchant_id;
$$;

comment on function pipeline.list_merchant_fees(text) is
    'Fees of a merchant; ends_on: the first processing day on which one no longer holds, by valid_until or a later one of its method and currency. Unordered: the caller pages by fee_id.';
