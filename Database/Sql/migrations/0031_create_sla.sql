-- Service levels of settlements: what is promised (policies), what became of late ones (incidents and their steps).

create schema sla;
comment on schema sla is 'Service levels of settlements: policies, incidents and every step of them.';

create table sla.policies (
    policy_id bigint generated always as identity,
    merchant_id varchar(50) collate "C",
    currency char(3),
    policy_name varchar(100) not null,
    valid_from date not null,
    valid_until date,
    warning_days int,
    warning_day_kind varchar(10) not null default 'calendar',
    escalation_days int,
    escalation_day_kind varchar(10) not null default 'calendar',
    penalty_basis varchar(10) not null default 'none',
    penalty_day_kind varchar(10) not null default 'calendar',
    penalty_cap numeric(18, 6),
    target_share numeric(5, 2) not null,
    author varchar(100) not null,
    note text,
    created_at timestamptz not null,
    constraint policies_pkey primary key (policy_id),
    constraint policies_currency_fkey foreign key (currency)
        references public.currencies (currency),
    constraint policies_validity_check check (valid_until > valid_from),
    constraint policies_warning_check check (
        warning_days between 0 and 60
        and warning_day_kind in ('calendar', 'business')
    ),
    constraint policies_escalation_check check (
        escalation_days between 1 and 365
        and escalation_day_kind in ('calendar', 'business')
    ),
    constraint policies_penalty_check check (
        penalty_basis in ('none', 'percent', 'fixed')
        and penalty_day_kind in ('calendar', 'business')
        and penalty_cap > 0
        and (penalty_basis <> 'fixed' or currency is not null)
        and (penalty_basis <> 'percent' or penalty_cap is null or penalty_cap <= 100)
        and (penalty_basis <> 'none' or penalty_cap is null)
    ),
    constraint policies_target_check check (target_share between 0 and 100)
);
comment on table sla.policies is 'What is promised about settlements: one policy goes for those expected on a day that it covers; the most specific one counts (merchant and currency, merchant, currency, neither), and of two alike the newer one.';
comment on column sla.policies.merchant_id is 'Null: of every merchant that has no policy of its own.';
comment on column sla.policies.currency is 'Null: of every currency; a fixed penalty is in this one.';
comment on column sla.policies.valid_from is 'First expected date that it goes for.';
comment on column sla.policies.valid_until is 'First expected date that it no longer goes for (half-open); null: for good.';
comment on column sla.policies.warning_days is 'So many days before the expected date a settlement that is not paid is warned of; null: only one whose payout has failed is.';
comment on column sla.policies.escalation_days is 'An incident escalates on the day on which it is so many days late; null: never.';
comment on column sla.policies.penalty_basis is 'Rates of sla.policy_tiers are percent of the net amount, or amounts in the policy''s currency, per day late.';
comment on column sla.policies.penalty_cap is 'Most that a penalty comes to: percent of the net amount, or an amount.';
comment on column sla.policies.target_share is 'Percent of settlements that are to be paid in time; the rest is the error budget.';
create index policies_scope_idx on sla.policies (merchant_id, currency, valid_from);

create table sla.policy_tiers (
    policy_id bigint not null,
    from_day int not null,
    rate numeric(18, 6) not null,
    constraint policy_tiers_pkey primary key (policy_id, from_day),
    constraint policy_tiers_policy_fkey foreign key (policy_id)
        references sla.policies (policy_id) on delete cascade,
    constraint policy_tiers_from_day_check check (from_day between 1 and 3650),
    constraint policy_tiers_rate_check check (rate >= 0)
);
comment on table sla.policy_tiers is 'What a day late costs, from which day late on; one tier from day 1 is a penalty per day.';
comment on column sla.policy_tiers.rate is 'Of each day of the tier: percent of the net amount, or an amount (sla.policies.penalty_basis).';

with shipped as (
    insert into sla.policies (
        policy_name,
        valid_from,
        escalation_days,
        penalty_basis,
        penalty_cap,
        target_share,
        author,
        note,
        created_at
    )
    values (
        'Default',
        '2000-01-01',
        3,
        'percent',
        5,
        95,
        'system',
        'Shipped: escalates after 3 days; 0.05 % of the net amount a day, 0.1 % from the 8th, 5 % at most.',
        now()
    )
    returning policy_id
)
insert into sla.policy_tiers (policy_id, from_day, rate)
select
    shipped.policy_id,
    tier.from_day,
    tier.rate
from shipped
cross join (values (1, 0.05), (8, 0.1)) as tier (from_day, rate);

create table sla.incidents (
    settlement_id varchar(50) collate "C" not null,
    merchant_id varchar(50) collate "C" not null,
    currency char(3) not null,
    policy_id bigint,
    state varchar(10) not null,
    outcome varchar(10),
    expected_settlement_date date not null,
    settlement_status varchar(10) not null,
    net_amount numeric(24, 3) not null,
    warned_on date,
    opened_on date,
    escalated_on date,
    closed_on date,
    penalty_amount numeric(24, 3) not null default 0,
    penalty_tier int,
    is_penalty_capped boolean not null default false,
    next_check_on date not null default '-infinity',
    opened_at timestamptz not null,
    closed_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by varchar(100),
    assignee varchar(100),
    updated_at timestamptz not null,
    constraint incidents_pkey primary key (settlement_id),
    constraint incidents_settlement_fkey foreign key (settlement_id)
        references public.settlements (settlement_id) on delete cascade,
    constraint incidents_policy_fkey foreign key (policy_id)
        references sla.policies (policy_id) on delete set null,
    constraint incidents_state_check check (state in ('warned', 'open', 'escalated', 'closed')),
    constraint incidents_outcome_check check (
        (state = 'closed') = (outcome is not null)
        and outcome in ('on_time', 'late', 'withdrawn')
    ),
    constraint incidents_closed_check check (
        (state = 'closed') = (closed_on is not null)
        and (state = 'closed') = (closed_at is not null)
    ),
    constraint incidents_acknowledged_check check (
        (acknowledged_at is null) = (acknowledged_by is null)
    )
);
comment on table sla.incidents is 'Settlements that were late, or likely to be: one incident each, as the SLA check saw it last.';
comment on column sla.incidents.policy_id is 'The policy that it goes by, pinned when it begins; null: it is older than policies.';
comment on column sla.incidents.state is 'warned (not late yet), open, escalated, closed.';
comment on column sla.incidents.outcome is 'How it closed: paid on_time after all, paid late, or withdrawn (not late, and not paid either).';
comment on column sla.incidents.expected_settlement_date is 'As the check saw it last, like status and net amount: where the settlement''s differ, there is something to check.';
comment on column sla.incidents.opened_on is 'The first day on which it was late, whenever that was seen.';
comment on column sla.incidents.penalty_amount is 'Accrued to the day paid or the last check, in the settlement''s currency.';
comment on column sla.incidents.penalty_tier is 'Beginning of the penalty''s tier that it is in.';
comment on column sla.incidents.next_check_on is 'The next day on which time alone changes something.';
comment on column sla.incidents.opened_at is 'When the check first saw it.';
create index incidents_active_idx on sla.incidents (next_check_on, settlement_id)
    where state <> 'closed';
create index incidents_expected_idx on sla.incidents (expected_settlement_date, settlement_id);
create index incidents_merchant_idx on sla.incidents (merchant_id, expected_settlement_date);

create table sla.incident_events (
    event_id bigint generated always as identity,
    settlement_id varchar(50) collate "C" not null,
    step varchar(20) not null,
    effective_on date not null,
    seen_at timestamptz not null,
    actor varchar(100) not null default 'system',
    state varchar(10) not null,
    settlement_status varchar(10) not null,
    days_delayed int not null default 0,
    net_amount numeric(24, 3) not null,
    penalty_amount numeric(24, 3) not null default 0,
    currency char(3) not null,
    assignee varchar(100),
    note text,
    constraint incident_events_pkey primary key (event_id),
    constraint incident_events_incident_fkey foreign key (settlement_id)
        references sla.incidents (settlement_id) on delete cascade,
    constraint incident_events_step_check check (step in (
        'warned', 'payout_failed', 'opened', 'reopened', 'escalated', 'penalty', 'penalty_capped',
        'paid', 'withdrawn', 'acknowledged', 'assigned', 'unassigned', 'noted'
    ))
);
comment on table sla.incident_events is 'Every step of every incident, never changed; ids are in the order of commits, so that a sender of notifications goes on behind the last one that it has sent.';
comment on column sla.incident_events.effective_on is 'The day on which it became true.';
comment on column sla.incident_events.seen_at is 'When the check saw it, or somebody did it.';
comment on column sla.incident_events.state is 'That of the incident after the check that wrote it.';
comment on column sla.incident_events.days_delayed is 'Calendar days late on effective_on.';
comment on column sla.incident_events.penalty_amount is 'Accrued to effective_on, in the settlement''s currency.';
create index incident_events_incident_idx on sla.incident_events (settlement_id, event_id);

create table sla.checks (
    is_only boolean not null default true,
    as_of date not null,
    checked_at timestamptz not null,
    committed_from timestamptz not null,
    constraint checks_pkey primary key (is_only),
    constraint checks_is_only_check check (is_only)
);
comment on table sla.checks is 'One row: the last check of all settlements; none before the first.';
comment on column sla.checks.checked_at is 'By the platform''s clock.';
comment on column sla.checks.committed_from is 'The database''s clock when the check began: what changed since is not judged yet.';

-- The check finds what changed by these, however many settlements there are.
create index settlements_unmarked_idx on public.settlements (settlement_id)
    where settlement_date > expected_settlement_date and not sla_breach;
create index settlements_marked_in_time_idx on public.settlements (settlement_id)
    where settlement_date <= expected_settlement_date and sla_breach;
create index settlements_breach_idx on public.settlements (expected_settlement_date)
    where sla_breach;

insert into sla.incidents (
    settlement_id,
    merchant_id,
    currency,
    state,
    outcome,
    expected_settlement_date,
    settlement_status,
    net_amount,
    opened_on,
    closed_on,
    opened_at,
    closed_at,
    updated_at
)
select
    former.settlement_id,
    settlement.merchant_id,
    settlement.currency,
    case when former.closed_at is null then 'open' else 'closed' end,
    case
        when former.closed_at is null then null
        when settlement.settlement_date > settlement.expected_settlement_date then 'late'
        when settlement.settlement_date is not null then 'on_time'
        else 'withdrawn'
    end,
    settlement.expected_settlement_date,
    settlement.status,
    settlement.net_amount,
    settlement.expected_settlement_date + 1,
    case
        when former.closed_at is not null then coalesce(
            settlement.settlement_date, (former.closed_at at time zone 'UTC')::date
        )
    end,
    former.opened_at,
    former.closed_at,
    coalesce(former.closed_at, former.opened_at)
from ops.sla_incidents as former
inner join public.settlements as settlement on settlement.settlement_id = former.settlement_id;

insert into sla.incident_events (
    settlement_id,
    step,
    effective_on,
    seen_at,
    state,
    settlement_status,
    days_delayed,
    net_amount,
    currency
)
select
    incident.settlement_id,
    step.step,
    step.effective_on,
    step.seen_at,
    incident.state,
    incident.settlement_status,
    step.days_delayed,
    incident.net_amount,
    incident.currency
from sla.incidents as incident
inner join ops.sla_incidents as former on former.settlement_id = incident.settlement_id
cross join lateral (
    values
        (1, 'opened', incident.opened_on, former.opened_at, 1),
        (
            2,
            case when incident.outcome = 'withdrawn' then 'withdrawn' else 'paid' end,
            incident.closed_on,
            former.closed_at,
            greatest(incident.closed_on - incident.expected_settlement_date, 0)
        )
) as step (place, step, effective_on, seen_at, days_delayed)
where step.seen_at is not null
order by
    step.seen_at,
    incident.settlement_id,
    step.place;

drop table ops.sla_incidents;
