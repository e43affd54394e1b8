-- Severities as numbers that can be compared.
-- Grain: one value, 1 (LOW) to 4 (CRITICAL). Reads: nothing.
-- Called by: list_alarming_payments, raise_alerts_of_batches, summarize_alerts.
create function pipeline.severity_rank(
    p_severity text
) returns int
language sql
immutable
parallel safe
as $$
    select array_position(array['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'], p_severity);
$$;

comment on function pipeline.severity_rank(text) is
    'LOW 1, MEDIUM 2, HIGH 3, CRITICAL 4; null for anything else.';
