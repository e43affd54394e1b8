-- Who changed terms, calendars, policies and the like, and the calendars that say which days are business days (ADR 29).

create table ops.changes (
    change_id bigint generated always as identity,
    subject varchar(30) collate "C" not null,
    subject_key varchar(200) not null,
    action varchar(30) collate "C" not null,
    actor varchar(100) not null,
    note varchar(1000),
    before jsonb,
    after jsonb,
    acted_at timestamptz not null,
    constraint changes_pkey primary key (change_id)
);
comment on table ops.changes is 'Who changed what money, dates and deadlines go by, when, and from what to what (what scoring goes by: risk.audit).';
comment on column ops.changes.subject is 'calendar, calendar_day, terms, fee, policy, incident, difference and the like.';
comment on column ops.changes.subject_key is 'What was changed: an id, a code; parts are joined by a slash.';
comment on column ops.changes.action is 'created, changed, removed, ended, resolved and the like.';
comment on column ops.changes.actor is 'The caller''s name; system for what a run did by itself.';
create index changes_subject_idx on ops.changes (subject, subject_key, change_id);

create schema if not exists settlement;
comment on schema settlement is 'What merchants are paid by: calendars, terms, fees, reserves, balances carried.';

create table settlement.calendars (
    calendar varchar(30) collate "C" not null,
    calendar_name varchar(100) not null,
    rule varchar(20) collate "C",
    is_published boolean not null default false,
    source varchar(500),
    author varchar(100) not null,
    created_at timestamptz not null default now(),
    constraint calendars_pkey primary key (calendar),
    constraint calendars_calendar_check check (calendar ~ '^[A-Z][A-Z0-9_]{0,29}$'),
    constraint calendars_rule_check check (
        rule in ('target2', 'federal_reserve', 'england_and_wales')
    ),
    constraint calendars_is_published_check check (
        not is_published or (rule is not null and source is not null)
    )
);
comment on table settlement.calendars is 'Calendars of business days. Saturdays and Sundays are closed, and what the rule and settlement.calendar_days say.';
comment on column settlement.calendars.rule is 'Whose holidays, computed for any year by pipeline.list_rule_holidays; null: none but the one-off days.';
comment on column settlement.calendars.is_published is 'The rule''s own calendar: its one-off days hold in every calendar of the same rule.';
comment on column settlement.calendars.source is 'Who publishes the holidays, and where they say so.';
create unique index calendars_published_idx on settlement.calendars (rule) where is_published;

create table settlement.calendar_days (
    calendar varchar(30) collate "C" not null,
    day date not null,
    is_business_day boolean not null,
    name varchar(100) not null,
    source varchar(500),
    author varchar(100) not null,
    created_at timestamptz not null default now(),
    constraint calendar_days_pkey primary key (calendar, day),
    constraint calendar_days_calendar_fkey foreign key (calendar)
        references settlement.calendars (calendar),
    constraint calendar_days_day_check check (day >= '1990-01-01' and day < '2101-01-01')
);
comment on table settlement.calendar_days is 'One-off days of a calendar, which override its rule and the weekend.';
comment on column settlement.calendar_days.is_business_day is 'False: closed on this day. True: open, although the rule or the weekend says otherwise.';
comment on column settlement.calendar_days.source is 'Who declared it, and where.';

create table settlement.calendar_exceptions (
    calendar varchar(30) collate "C" not null,
    day date not null,
    is_business_day boolean not null,
    shift int not null,
    first_number int not null,
    constraint calendar_exceptions_pkey primary key (calendar, day),
    constraint calendar_exceptions_calendar_fkey foreign key (calendar)
        references settlement.calendars (calendar)
);
comment on table settlement.calendar_exceptions is 'The days from 1990 to 2100 on which a calendar differs from Monday to Friday; pipeline.refresh_calendars keeps it exact.';
comment on column settlement.calendar_exceptions.is_business_day is 'False: a closed Monday to Friday. True: an open Saturday or Sunday.';
comment on column settlement.calendar_exceptions.shift is 'Business days up to and with this day, less the Mondays to Fridays (pipeline.weekday_number).';
comment on column settlement.calendar_exceptions.first_number is 'The number of the first business day from this day on.';
create index calendar_exceptions_number_idx
    on settlement.calendar_exceptions (calendar, first_number, day);

insert into settlement.calendars (
    calendar,
    calendar_name,
    rule,
    is_published,
    source,
    author
)
values
    (
        'TARGET2',
        'TARGET (euro, ECB)',
        'target2',
        true,
        'European Central Bank: Long-term calendar for TARGET closing days, 14 December 2000',
        'system'
    ),
    (
        'FEDERAL_RESERVE',
        'US Federal Reserve Banks',
        'federal_reserve',
        true,
        'Board of Governors of the Federal Reserve System: Holidays Observed (statement K.8)',
        'system'
    ),
    (
        'ENGLAND_AND_WALES',
        'England and Wales bank holidays',
        'england_and_wales',
        true,
        'GOV.UK: UK bank holidays; Banking and Financial Dealings Act 1971, schedule 1, and proclamations',
        'system'
    );

insert into settlement.calendar_days (
    calendar,
    day,
    is_business_day,
    name,
    source,
    author
)
values
    ('TARGET2', '1999-12-31', false, 'Transition to the year 2000', 'ECB, 31 March 1999', 'system'),
    ('TARGET2', '2001-12-31', false, 'Last day of 2001', 'ECB, 25 May 2000', 'system'),
    ('ENGLAND_AND_WALES', '1995-05-01', true, 'Early May bank holiday moved to 8 May', 'Royal proclamation, Banking and Financial Dealings Act 1971', 'system'),
    ('ENGLAND_AND_WALES', '1995-05-08', false, 'Early May bank holiday (VE day)', 'Royal proclamation, Banking and Financial Dealings Act 1971', 'system'),
    ('ENGLAND_AND_WALES', '1999-12-31', false, 'Millennium', 'Royal proclamation, Banking and Financial Dealings Act 1971', 'system'),
    ('ENGLAND_AND_WALES', '2002-05-27', true, 'Spring bank holiday moved to 4 June', 'Royal proclamation, Banking and Financial Dealings Act 1971', 'system'),
    ('ENGLAND_AND_WALES', '2002-06-03', false, 'Golden Jubilee', 'Royal proclamation, Banking and Financial Dealings Act 1971', 'system'),
    ('ENGLAND_AND_WALES', '2002-06-04', false, 'Spring bank holiday', 'Royal proclamation, Banking and Financial Dealings Act 1971', 'system'),
    ('ENGLAND_AND_WALES', '2011-04-29', false, 'Royal wedding', 'Royal proclamation, Banking and Financial Dealings Act 1971', 'system'),
    ('ENGLAND_AND_WALES', '2012-05-28', true, 'Spring bank holiday moved to 4 June', 'Royal proclamation, Banking and Financial Dealings Act 1971', 'system'),
    ('ENGLAND_AND_WALES', '2012-06-04', false, 'Spring bank holiday', 'Royal proclamation, Banking and Financial Dealings Act 1971', 'system'),
    ('ENGLAND_AND_WALES', '2012-06-05', false, 'Diamond Jubilee', 'Royal proclamation, Banking and Financial Dealings Act 1971', 'system'),
    ('ENGLAND_AND_WALES', '2020-05-04', true, 'Early May bank holiday moved to 8 May', 'GOV.UK, 7 June 2019', 'system'),
    ('ENGLAND_AND_WALES', '2020-05-08', false, 'Early May bank holiday (VE day)', 'GOV.UK, 7 June 2019', 'system'),
    ('ENGLAND_AND_WALES', '2022-05-30', true, 'Spring bank holiday moved to 2 June', 'GOV.UK, 12 November 2020', 'system'),
    ('ENGLAND_AND_WALES', '2022-06-02', false, 'Spring bank holiday', 'GOV.UK, 12 November 2020', 'system'),
    ('ENGLAND_AND_WALES', '2022-06-03', false, 'Platinum Jubilee bank holiday', 'GOV.UK, 12 November 2020', 'system'),
    ('ENGLAND_AND_WALES', '2022-09-19', false, 'Bank Holiday for the State Funeral of Queen Elizabeth II', 'GOV.UK, 10 September 2022', 'system'),
    ('ENGLAND_AND_WALES', '2023-05-08', false, 'Bank holiday for the coronation of King Charles III', 'GOV.UK, 6 November 2022', 'system');

alter table settlement.terms add constraint terms_calendar_fkey
    foreign key (calendar) references settlement.calendars (calendar);
