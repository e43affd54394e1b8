-- Quality of decisions by ISO week.
-- Grain: one week. Reads: ops.risk_quality. Called by: BI tools.
create or replace view public.vw_risk_quality as
select
    week.week_start as week_start,
    week.payments as payments,
    week.labelled as labelled,
    week.frauds as frauds,
    week.review_precision as review_precision,
    week.review_recall as review_recall,
    week.review_false_positive_rate as review_false_positive_rate,
    week.block_precision as block_precision,
    week.block_recall as block_recall,
    week.block_false_positive_rate as block_false_positive_rate,
    week.average_precision as average_precision
from ops.risk_quality as week;

comment on view public.vw_risk_quality is 'Precision, recall and false-positive rate of decisions by ISO week; without labels, or before they are due, there is no figure.';
