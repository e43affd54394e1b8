-- The policy that goes for what a merchant is paid in a currency on an expected date: the most specific one counts,
-- and of two alike the newer one.
-- Grain: one row; none where no policy covers the day. Reads: sla.policies.
-- Called by: judge_sla, list_sla_figures, list_sla_forecast.
create function pipeline.find_sla_policy(
    p_merchant_id text,
    p_currency text,
    p_day date
) returns setof sla.policies
language sql
stable
parallel safe
as $$
    select policy.*
    from sla.policies as policy
    where (policy.merchant_id = p_merchant_id or policy.merchant_id is null)
        and (policy.currency = p_currency or policy.currency is null)
        and policy.valid_from <= p_day
        and (policy.valid_until is null or policy.valid_until > p_day)
    order by
        policy.merchant_id is null,
        policy.currency is null,
        policy.policy_id desc
    limit 1;
$$;

comment on function pipeline.find_sla_policy(text, text, date) is
    'The policy valid on an expected date: of merchant and currency, of the merchant, of the currency, of neither; the first that there is, and of two alike the newer one.';
