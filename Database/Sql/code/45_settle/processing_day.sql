-- The processing day of a payment: its local day, one later from the cut-off on, within the days of its terms.
-- Grain: one value. Reads: nothing. Called by: gather_unsettled, resolve_fees.
create function pipeline.processing_day(
    p_at timestamptz,
    p_time_zone text,
    p_day_shift interval,
    p_valid_from date,
    p_valid_until date
) returns date
language sql
immutable
parallel safe
as $$
    select greatest(
        p_valid_from,
        least(((p_at at time zone p_time_zone) + p_day_shift)::date, p_valid_until - 1)
    );
$$;

comment on function pipeline.processing_day(timestamptz, text, interval, date, date) is
    'The day to which an instant belongs by the zone and the cut-off of terms (day_shift: from the cut-off to midnight), clipped to their days.';
