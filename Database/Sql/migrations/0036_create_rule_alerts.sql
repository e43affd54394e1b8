-- Rules that their cap has stopped, for somebody to look at (ADR 24), and their events.

create table risk.rule_alerts (
    rule_alert_id bigint generated always as identity,
    rule_code varchar(50) collate "C" not null,
    alerted_on date not null,
    rule_version int not null,
    severity varchar(10) collate "C" not null,
    status varchar(20) collate "C" not null default 'OPEN',
    max_share numeric(5, 4) not null,
    evaluated bigint not null,
    hits bigint not null,
    raised_at timestamptz not null,
    acknowledged_at timestamptz,
    acknowledged_by varchar(100),
    note varchar(1000),
    constraint rule_alerts_pkey primary key (rule_alert_id),
    constraint rule_alerts_day_key unique (rule_code, alerted_on),
    constraint rule_alerts_status_check check (status in ('OPEN', 'ACKNOWLEDGED')),
    constraint rule_alerts_severity_check check (
        severity in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')
    ),
    constraint rule_alerts_counts_check check (hits between 0 and evaluated),
    constraint rule_alerts_acknowledged_check check (
        (status = 'ACKNOWLEDGED') = (acknowledged_at is not null and acknowledged_by is not null)
    )
);
comment on table risk.rule_alerts is 'Rules that hit more than their share and do not count until it falls: one a rule and UTC day.';
comment on column risk.rule_alerts.rule_version is 'The version that was stopped.';
comment on column risk.rule_alerts.severity is 'That of the rule.';
comment on column risk.rule_alerts.max_share is 'The share of the payments of 24 hours that the rule may hit.';
comment on column risk.rule_alerts.evaluated is 'Payments of the hour and the 23 before that the rule was asked about when it was stopped; hits likewise.';
comment on column risk.rule_alerts.note is 'What who acknowledged it wrote down.';

alter table risk.events drop constraint events_kind_check;
alter table risk.events add constraint events_kind_check check (kind in ('payment', 'alert', 'rule'));
comment on table risk.events is 'What the live feed tells: scored payments, steps of alerts and of stopped rules, kept for a few days.';

-- Incidents of the first SLA check (0031) that turned out to be no breach were never open by their dates, as judge_sla has it;
-- that they were opened and closed stays in their steps.
update sla.incidents as incident
set opened_on = null
where incident.policy_id is null
    and incident.state = 'closed'
    and incident.outcome <> 'late'
    and incident.opened_on is not null;
