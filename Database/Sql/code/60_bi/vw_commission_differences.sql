-- Settlements whose commission is not what their payments cost by the fees of their days. Of the periods of the
-- last 92 days, since it is computed when it is read, from all of their payments; the API tells earlier ones.
-- Grain: one row per settlement with a difference. Reads: list_commission_differences. Called by: BI tools.
create or replace view public.vw_commission_differences as
select
    wrong.settlement_id::varchar(50) as settlement_id,
    wrong.merchant_id::varchar(50) as merchant_id,
    wrong.currency::varchar(3) as currency,
    wrong.period_start as period_start,
    wrong.status::varchar(10) as status,
    wrong.stored_amount::numeric(24, 3) as stored_commission,
    wrong.recomputed_amount::numeric(24, 3) as recomputed_commission,
    wrong.difference::numeric(24, 3) as difference,
    wrong.cause::varchar(20) as cause,
    wrong.payments_affected as payments_affected
from pipeline.list_commission_differences() as wrong;

comment on view public.vw_commission_differences is
    'Stored and recomputed commission of settlements of the last 92 days (UTC) where they differ, in the settlement''s currency, never to be added up over currencies.';
comment on column public.vw_commission_differences.cause is
    'payments_changed, fee_changed, rate_changed, rounding (off by the last digit) or unknown.';
comment on column public.vw_commission_differences.difference is
    'Stored less recomputed: over 0, the merchant was charged too much.';
