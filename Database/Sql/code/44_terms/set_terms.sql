-- Agrees on settlement terms of a merchant from a processing day on; terms from the same day are replaced.
-- Days that settlements cover keep the terms they were settled by, so that periods neither overlap nor change.
-- Grain: one row: the terms' id, or what refuses them (time_zone, settled) and the first day that is free.
-- Reads: settlement.terms, settlements. Called by: POST /api/merchants/{id}/settlement-terms.
create function pipeline.set_terms(
    p_merchant_id text,
    p_valid_from date,
    p_valid_until date,
    p_cycle text,
    p_week_day int,
    p_delay_days int,
    p_delay_kind text,
    p_calendar text,
    p_time_zone text,
    p_cut_off text,
    p_reserve_percent numeric,
    p_reserve_days int,
    p_note text,
    p_author text,
    p_now timestamptz
) returns table (
    terms_id bigint,
    refused_for text,
    free_from date,
    is_new boolean
)
language plpgsql
as $$
declare
    v_before settlement.terms;
    v_after settlement.terms;
begin
    begin
        perform p_now at time zone p_time_zone;
    exception
        when invalid_parameter_value then
            refused_for := 'time_zone';
            return next;
            return;
    end;

    -- No settle run is between these days and their settlements.
    perform pipeline.lock_settlements();
    free_from := pipeline.settled_until(p_merchant_id);
    if p_valid_from < free_from then
        refused_for := 'settled';
        return next;
        return;
    end if;

    select terms.*
    into v_before
    from settlement.terms as terms
    where terms.merchant_id = p_merchant_id
        and terms.valid_from = p_valid_from;

    insert into settlement.terms as stored (
        merchant_id,
        valid_from,
        valid_until,
        cycle,
        week_day,
        delay_days,
        delay_kind,
        calendar,
        time_zone,
        cut_off,
        reserve_percent,
        reserve_days,
        author,
        created_at
    )
    values (
        p_merchant_id,
        p_valid_from,
        p_valid_until,
        p_cycle,
        p_week_day,
        p_delay_days,
        p_delay_kind,
        p_calendar,
        p_time_zone,
        p_cut_off::time,
        p_reserve_percent,
        p_reserve_days,
        left(p_author, 100),
        p_now
    )
    on conflict (merchant_id, valid_from) do update
    set
        valid_until = excluded.valid_until,
        cycle = excluded.cycle,
        week_day = excluded.week_day,
        delay_days = excluded.delay_days,
        delay_kind = excluded.delay_kind,
        calendar = excluded.calendar,
        time_zone = excluded.time_zone,
        cut_off = excluded.cut_off,
        reserve_percent = excluded.reserve_percent,
        reserve_days = excluded.reserve_days,
        author = excluded.author,
        created_at = excluded.created_at
    returning stored.* into v_after;

    terms_id := v_after.terms_id;
    is_new := v_before.terms_id is null;
    perform pipeline.write_change(
        'terms',
        p_merchant_id || '/' || v_after.terms_id,
        case when is_new then 'created' else 'changed' end,
        p_author,
        p_note,
        case when not is_new then to_jsonb(v_before) end,
        to_jsonb(v_after),
        p_now
    );
    return next;
end;
$$;

comment on function pipeline.set_terms(
    text, date, date, text, int, int, text, text, text, text, numeric, int, text, text, timestamptz
) is
    'Makes or replaces terms from a day that no settlement covers and writes it down; else says what refuses them (time_zone, settled) and from which day on they may begin.';
