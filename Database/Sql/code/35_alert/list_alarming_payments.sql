-- Payments of batches that somebody should look at, each with the alert that it belongs to.
-- Grain: one assessed payment. Reads: risk.assessments, risk.alert_payments, risk.rules, public.currencies.
-- Called by: raise_alerts_of_batches.
--
-- From REVIEW upward, or flagged by a rule or a block list; one that an allow list lets pass is not. It belongs to the
-- weightiest rule or list that hit, and to "score" where none did (models alone). As severe as the most severe rule that
-- hit, and as its score says: CRITICAL from 90, HIGH from 70 and for what is blocked, MEDIUM from 50 and for what is flagged.
create function pipeline.list_alarming_payments(
    p_batch_ids bigint[]
) returns table (
    payment_id varchar,
    customer_id varchar,
    merchant_id varchar,
    transaction_date timestamptz,
    amount numeric,
    currency char,
    score numeric,
    is_flagged boolean,
    rule_code text,
    severity_rank int,
    expected_loss numeric
)
language sql
stable
parallel safe
as $$
    select
        assessed.payment_id,
        assessed.customer_id,
        assessed.merchant_id,
        assessed.transaction_date,
        assessed.amount,
        assessed.currency,
        round(assessed.score::numeric, 2) as score,
        assessed.is_flagged,
        coalesce(
            (
                select left(given.reason ->> 'code', 100)
                from jsonb_array_elements(assessed.reasons) with ordinality as given (reason, place)
                where given.reason ->> 'kind' in ('rule', 'list')
                order by
                    (given.reason ->> 'contribution')::numeric desc nulls last,
                    given.place
                limit 1
            ),
            'score'
        ) as rule_code,
        greatest(
            case
                when assessed.score >= 90 then 4
                when assessed.score >= 70 then 3
                when assessed.score >= 50 then 2
                else 1
            end,
            case when assessed.decision = 'BLOCK' then 3 else 1 end,
            case when assessed.is_flagged then 2 else 1 end,
            (
                select max(pipeline.severity_rank(hit.severity))
                from jsonb_array_elements(assessed.reasons) as given (reason)
                cross join lateral (
                    select rule.severity
                    from risk.rules as rule
                    where rule.rule_code = given.reason ->> 'code'
                    order by rule.rule_version desc
                    limit 1
                ) as hit
                where given.reason ->> 'kind' = 'rule'
            )
        ) as severity_rank,
        round(
            coalesce(assessed.fraud_probability::numeric, assessed.score::numeric / 100)
            * assessed.amount,
            money.minor_digits
        ) as expected_loss
    from risk.assessments as assessed
    inner join public.currencies as money on money.currency = assessed.currency
    where assessed.batch_id = any (p_batch_ids)
        and (assessed.decision <> 'APPROVE' or assessed.is_flagged)
        -- Looked up one by one, however many there are: a join would read all that alerts have ever held.
        and (
            select held.payment_id
            from risk.alert_payments as held
            where held.payment_id = assessed.payment_id
            limit 1
        ) is null;
$$;

comment on function pipeline.list_alarming_payments(bigint[]) is
    'Payments of batches from REVIEW upward or flagged, that are in no alert yet, with rule, severity (1 to 4) and expected loss in their own currency.';
