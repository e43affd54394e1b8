-- The payments of a settlement, each with its exact fee.
-- Grain: one payment. Reads: settlements, settlement_payments, payments, settlement.fees.
-- Called by: GET /api/settlements/{id}/payments.
create function pipeline.list_settlement_payments(
    p_settlement_id text
) returns table (
    payment_id varchar,
    transaction_date timestamptz,
    payment_method varchar,
    payment_status varchar,
    amount numeric,
    currency varchar,
    fee_amount numeric,
    fee_id bigint,
    percent numeric,
    fixed_amount numeric,
    minimum_amount numeric
)
language sql
stable
parallel safe
as $$
    select
        link.payment_id,
        link.transaction_date,
        payment.payment_method,
        payment.payment_status,
        payment.amount,
        settlement.currency::varchar as currency,
        coalesce(
            link.fee_amount,
            pipeline.fee(payment.amount, settlement.commission_rate, 0, 0)
        ) as fee_amount,
        link.fee_id,
        case
            when fee.fee_id is not null then fee.percent
            when link.fee_amount is null then settlement.commission_rate
            else round(link.fee_amount * 100 / nullif(payment.amount, 0), 4)
        end as percent,
        coalesce(fee.fixed_amount, 0) as fixed_amount,
        coalesce(fee.minimum_amount, 0) as minimum_amount
    from public.settlements as settlement
    inner join public.settlement_payments as link on link.settlement_id = settlement.settlement_id
    left join public.payments as payment
        on payment.payment_id = link.payment_id
        and payment.transaction_date = link.transaction_date
    left join settlement.fees as fee on fee.fee_id = link.fee_id
    where settlement.settlement_id = p_settlement_id;
$$;

comment on function pipeline.list_settlement_payments(text) is
    'Payments of a settlement with their exact fees and what those were computed with; of archived ones only what the link says. Unordered: the caller pages by payment_id.';
