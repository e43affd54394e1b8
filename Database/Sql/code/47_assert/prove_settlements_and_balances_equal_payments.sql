-- What merchants were paid and what is open to them is what their payments brought, to the last digit.
-- Grain: one row. Reads: check_balances. Called by: evaluate_assertions.
create function pipeline.prove_settlements_and_balances_equal_payments(
    p_run_id bigint,
    p_now timestamptz
) returns table (severity text, holds boolean, observed text, expected text, detail text)
language sql
stable
parallel safe
as $$
    select
        'error' as severity,
        count(*) = 0 as holds,
        concat(count(*), ' merchants and currencies') as observed,
        '0 merchants and currencies' as expected,
        string_agg(
            format(
                '%s %s: brought %s, paid %s, open %s',
                wrong.merchant_id,
                wrong.currency,
                wrong.brought_amount,
                wrong.paid_amount,
                wrong.open_balance
            ),
            ', '
            order by
                wrong.merchant_id,
                wrong.currency
        ) filter (where wrong.place <= 10) as detail
    from (
        select
            difference.*,
            row_number() over (
                order by
                    difference.merchant_id,
                    difference.currency
            ) as place
        from pipeline.check_balances() as difference
    ) as wrong;
$$;

comment on function pipeline.prove_settlements_and_balances_equal_payments(bigint, timestamptz) is
    'Per merchant and currency, settlements paid plus open balance are payments less commission, refunds and chargebacks.';
