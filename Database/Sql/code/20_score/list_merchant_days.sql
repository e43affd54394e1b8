-- What merchants' UTC days came to: the weeks before their later payments.
-- Grain: one merchant, day and currency. Reads: rollup.merchant_days. Called by: HistoryReader.
--
-- Amounts in thousandths, and squares of those: whole numbers.
create function pipeline.list_merchant_days(
    p_merchants text[],
    p_first_days date[],
    p_last_day date
) returns table (
    merchant_id varchar,
    payment_date date,
    currency varchar,
    transaction_count bigint,
    thousandths numeric,
    squares numeric
)
language sql
stable
parallel safe
as $$
    select
        day.merchant_id,
        day.payment_date,
        day.currency::varchar,
        day.transaction_count,
        trunc(day.total_amount * 1000),
        trunc(day.amount_squares * 1000000)
    from unnest(p_merchants, p_first_days) as wanted (merchant_id, first_day)
    inner join rollup.merchant_days as day
        on day.merchant_id = wanted.merchant_id collate "C"
        and day.payment_date >= wanted.first_day
    where day.payment_date <= p_last_day;
$$;

comment on function pipeline.list_merchant_days(text[], date[], date) is
    'Daily figures of the given merchants, each from its first day on, all up to p_last_day.';
