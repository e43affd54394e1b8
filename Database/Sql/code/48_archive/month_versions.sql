-- A fingerprint that changes with every row of a month's payments that is added, changed or taken away, and with the
-- merchants whose older payments are to be settled.
-- Grain: one value. Reads: public.payments, ops.settled_merchants. Called by: survey_month, complete_archive.
--
-- A changed row has another xmin than every row that the survey saw: no need to read its values.
create function pipeline.month_versions(
    p_from timestamptz,
    p_until timestamptz
) returns text
language plpgsql
stable
set plan_cache_mode = force_custom_plan
as $$
begin
    return (
        select concat_ws(' ', count(*), sum(hashtextextended(payment.xmin::text, 0)))
        from public.payments as payment
        where payment.transaction_date >= p_from
            and payment.transaction_date < p_until
    ) || ' ' || (
        select concat_ws(
            ' ',
            count(*),
            sum(hashtextextended(seen.merchant_id || seen.settles_from::text, 0))
        )
        from ops.settled_merchants as seen
        where seen.settles_from < (p_until at time zone 'UTC')::date
    );
end;
$$;

comment on function pipeline.month_versions(timestamptz, timestamptz) is
    'Fingerprint of the row versions of a span''s payments: equal means that nothing was added, changed or taken away.';
