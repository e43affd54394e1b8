-- What merchants' UTC days came to: the weeks before their later payments.
-- Grain: one merchant, day and currency. Reads: rollup.payment_days. Called by: HistoryReader.
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
        cell.merchant_id,
        cell.payment_date,
        cell.currency::varchar,
        sum(cell.transaction_count)::bigint,
        trunc(sum(cell.total_amount) * 1000),
        trunc(sum(cell.amount_squares) * 1000000)
    from unnest(p_merchants, p_first_days) as wanted (merchant_id, first_day)
    inner join rollup.payment_days as cell
        on cell.merchant_id = wanted.merchant_id collate "C"
        and cell.payment_date >= wanted.first_day
    where cell.payment_date <= p_last_day
    group by
        cell.merchant_id,
        cell.payment_date,
        cell.currency;
$$;

comment on function pipeline.list_merchant_days(text[], date[], date) is
    'Daily figures of the given merchants, each from its first day on, all up to p_last_day.';
