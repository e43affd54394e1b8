-- Payments that became known to be frauds in a time, each once, by whoever said so first.
-- Grain: one payment. Reads: risk.labels. Called by: HistoryReader, HistoricalFeatures.
--
-- With null for both parties, all of them: for a batch of many parties that is less than looking each up. Three ways in one, so
-- that each has its index whatever the plan knows of the parameters.
create function pipeline.list_known_frauds(
    p_customers text[],
    p_merchants text[],
    p_after timestamptz,
    p_until timestamptz
) returns table (
    payment_id varchar,
    customer_id varchar,
    merchant_id varchar,
    transaction_date timestamptz,
    known_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        label.payment_id,
        label.customer_id,
        label.merchant_id,
        label.transaction_date,
        label.known_at
    from (
        select everybodys.*
        from risk.labels as everybodys
        where p_customers is null
            and everybodys.is_fraud
            and everybodys.known_at > p_after
            and everybodys.known_at <= p_until
        union all
        select customers.*
        from risk.labels as customers
        where customers.is_fraud
            and customers.customer_id = any (p_customers)
            and customers.known_at > p_after
            and customers.known_at <= p_until
        union all
        select merchants.*
        from risk.labels as merchants
        where merchants.is_fraud
            and merchants.merchant_id = any (p_merchants)
            and merchants.customer_id <> all (p_customers)
            and merchants.known_at > p_after
            and merchants.known_at <= p_until
    ) as label
    where label.transaction_date is not null
        and not exists (
            select
            from risk.labels as earlier
            where earlier.payment_id = label.payment_id
                and earlier.is_fraud
                and (earlier.known_at, earlier.source) < (label.known_at, label.source)
        );
$$;

comment on function pipeline.list_known_frauds(text[], text[], timestamptz, timestamptz) is
    'Frauds of the given customers or merchants (null: of all) that became known in (p_after, p_until].';
