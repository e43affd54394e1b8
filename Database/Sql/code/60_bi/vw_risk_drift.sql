-- Drift of features and the score against their reference.
-- Grain: one feature, or the score, of one measurement. Reads: ops.risk_drift, ops.risk_references. Called by: BI tools.
create or replace view public.vw_risk_drift as
select
    drift.to_day as to_day,
    drift.subject as subject,
    drift.from_day as from_day,
    drift.stability_index as stability_index,
    drift.stability as stability,
    drift.payments as payments,
    drift.missing_share as missing_share,
    reference.from_day as reference_from,
    reference.to_day as reference_to
from ops.risk_drift as drift
inner join ops.risk_references as reference on reference.reference_id = drift.reference_id;

comment on view public.vw_risk_drift is 'Population stability index of each feature, and of the score, day by day: stable below 0.1, moderate below 0.25, shifted from there on.';
