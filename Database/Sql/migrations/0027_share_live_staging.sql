-- Payments of the API are staged in lanes without number: each transaction takes a fresh one, all of them share a partition and find their rows by index,
-- whatever dead rows older transactions keep from being cleared away. Nothing is truncated, so that kept plans stay kept (ADR 23).
do $$
begin
    for v_lane in 9..16 loop
        execute format(
            'drop table staging.payments_lane_%1$s, staging.payment_verdicts_lane_%1$s,'
            ' staging.scored_payments_lane_%1$s',
            v_lane
        );
    end loop;
end;
$$;

-- Vacuumed when there is something to clear away, whatever else is stored; never sampled, because their plans are kept, and a
-- new picture would have them made anew. Not shortened, because that would lock writers out.
create unlogged table staging.payments_live partition of staging.payments default
with (
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 20000,
    autovacuum_analyze_threshold = 2147483647,
    vacuum_truncate = off
);
comment on table staging.payments_live is 'Payments of the API under way, in lanes from 9 on; what others than their transaction see of them is done with.';
create index payments_live_idx on staging.payments_live (lane, record_number);

create unlogged table staging.payment_verdicts_live partition of staging.payment_verdicts default
with (
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 20000,
    autovacuum_analyze_threshold = 2147483647,
    vacuum_truncate = off
);
comment on table staging.payment_verdicts_live is 'Verdicts on payments of the API under way.';
create index payment_verdicts_live_idx on staging.payment_verdicts_live (lane, record_number);

create unlogged table staging.scored_payments_live partition of staging.scored_payments default
with (
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 20000,
    autovacuum_analyze_threshold = 2147483647,
    vacuum_truncate = off
);
comment on table staging.scored_payments_live is 'Scored payments of the API under way.';
create index scored_payments_live_idx on staging.scored_payments_live (lane);

create sequence staging.live_lanes as smallint minvalue 9 cycle;
comment on sequence staging.live_lanes is 'Lanes for transactions of the API.';
