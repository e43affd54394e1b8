-- Matches of one processor line with one of ours, nearly all there are, take a row instead of three, and a run goes through what
-- is new instead of all (ADR 32).

alter table reconciliation.matches rename to match_groups;
alter table reconciliation.match_items rename to match_group_items;
alter table reconciliation.match_groups rename constraint matches_pkey to match_groups_pkey;
alter table reconciliation.match_groups
    rename constraint matches_level_check to match_groups_level_check;
alter table reconciliation.match_groups
    rename constraint matches_method_check to match_groups_method_check;
alter table reconciliation.match_groups
    rename constraint matches_made_check to match_groups_made_check;
alter table reconciliation.match_groups
    rename constraint matches_standing_check to match_groups_standing_check;
comment on table reconciliation.match_groups is 'What belongs together: what we expected on one side, what processor or bank reported on the other. Undone ones stay, and stand no more. One line that a run has matched by its reference is a row of line_matches instead.';

create table reconciliation.line_matches (
    match_id bigint not null,
    line_id bigint not null,
    run_id bigint not null,
    item_kind varchar(10) collate "C" not null,
    item_key varchar(230) collate "C" not null,
    processor varchar(20) collate "C" not null,
    account varchar(100) collate "C" not null,
    merchant_id varchar(50) collate "C",
    currency char(3) collate "C" not null,
    expected_amount numeric(24, 3) not null,
    actual_amount numeric(24, 3) not null,
    made_at timestamptz not null,
    constraint line_matches_pkey primary key (line_id),
    constraint line_matches_item_key unique (item_key, item_kind)
);
comment on table reconciliation.line_matches is 'Standing matches, made by runs, of one processor line with one payment, refund or dispute; a match that is undone moves to match_groups.';
comment on column reconciliation.line_matches.match_id is 'From the sequence of match_groups: an id is in one of them.';
comment on column reconciliation.line_matches.item_kind is 'payment, refund, refunded (a payment given back whole without a refund), dispute, returned (a refund that failed), won (a dispute).';
comment on column reconciliation.line_matches.item_key is 'Our id.';
create unique index line_matches_match_idx on reconciliation.line_matches (match_id);

create view reconciliation.matches as
select
    line.match_id,
    line.run_id,
    'payment'::varchar(10) collate "C" as level,
    'reference'::varchar(10) collate "C" as method,
    line.processor,
    line.account,
    line.merchant_id,
    line.currency,
    line.expected_amount,
    line.actual_amount,
    true as is_standing,
    line.made_at,
    null::varchar(100) as made_by,
    null::varchar(1000) as note,
    null::timestamptz as undone_at,
    null::varchar(100) as undone_by,
    null::varchar(1000) as undone_note
from reconciliation.line_matches as line
union all
select
    match.match_id,
    match.run_id,
    match.level,
    match.method,
    match.processor,
    match.account,
    match.merchant_id,
    match.currency,
    match.expected_amount,
    match.actual_amount,
    match.is_standing,
    match.made_at,
    match.made_by,
    match.note,
    match.undone_at,
    match.undone_by,
    match.undone_note
from reconciliation.match_groups as match;
comment on view reconciliation.matches is 'All matches: match_groups and line_matches.';

create view reconciliation.match_items as
select
    line.match_id,
    'payment'::varchar(10) collate "C" as level,
    'line'::varchar(10) collate "C" as item_kind,
    line.line_id::varchar(230) collate "C" as item_key,
    true as is_actual,
    true as is_standing,
    line.actual_amount as amount,
    line.currency
from reconciliation.line_matches as line
union all
select
    line.match_id,
    'payment'::varchar(10) collate "C",
    line.item_kind,
    line.item_key,
    false,
    true,
    line.expected_amount,
    line.currency
from reconciliation.line_matches as line
union all
select
    item.match_id,
    item.level,
    item.item_kind,
    item.item_key,
    item.is_actual,
    item.is_standing,
    item.amount,
    item.currency
from reconciliation.match_group_items as item;
comment on view reconciliation.match_items is 'The sides of all matches, as in match_group_items. A line is looked up in line_matches by its id: here its key is computed.';

create table reconciliation.waiting_lines (
    line_id bigint not null,
    constraint waiting_lines_pkey primary key (line_id)
);
comment on table reconciliation.waiting_lines is 'Processor lines that a run has looked at and found no counterpart of, or whose match was undone: the next one looks at them again, and at what is newer.';
insert into reconciliation.waiting_lines (line_id)
select line.line_id
from reconciliation.processor_lines as line
where line.category in ('payment', 'refund', 'refund_failed', 'chargeback', 'chargeback_reversed')
    and not exists (
        select
        from reconciliation.match_group_items as item
        where item.item_key = line.line_id::text
            and item.item_kind = 'line'
            and item.level = 'payment'
            and item.is_standing
    )
    and line.line_id <= (select max(run.newest_line) from reconciliation.runs as run);

alter table reconciliation.accounts add column lines_from timestamptz;
alter table reconciliation.accounts add column lines_until timestamptz;
comment on column reconciliation.accounts.lines_from is 'The first payment that its lines report, as far as runs have seen; lines_until: the last.';
update reconciliation.accounts as account
set
    lines_from = covered.lines_from,
    lines_until = covered.lines_until
from (
    select
        line.processor,
        line.account,
        min(line.occurred_at) as lines_from,
        max(line.occurred_at) as lines_until
    from reconciliation.processor_lines as line
    where line.category = 'payment'
    group by
        line.processor,
        line.account
) as covered
where covered.processor = account.processor
    and covered.account = account.account;

create table reconciliation.bank_payees (
    merchant_id varchar(50) collate "C" not null,
    currency char(3) collate "C" not null,
    account varchar(100) collate "C" not null,
    first_day date not null,
    constraint bank_payees_pkey primary key (merchant_id, currency)
);
comment on table reconciliation.bank_payees is 'Merchants without an account at a processor whose settlements bank lines have named: what is due to them later is looked for at the bank too.';
comment on column reconciliation.bank_payees.account is 'The bank account whose lines named them.';
comment on column reconciliation.bank_payees.first_day is 'The expected day of the first settlement that was named.';

create table reconciliation.dry_findings (
    run_id bigint not null,
    finding_id int not null,
    level varchar(10) collate "C" not null,
    outcome varchar(20) collate "C" not null,
    class varchar(20) collate "C" not null,
    processor varchar(20) collate "C" not null,
    account varchar(100) collate "C" not null,
    merchant_id varchar(50) collate "C",
    currency char(3) collate "C" not null,
    expected_amount numeric(24, 3) not null,
    actual_amount numeric(24, 3) not null,
    expected_items text[] not null,
    actual_items text[] not null,
    constraint dry_findings_pkey primary key (run_id, finding_id),
    constraint dry_findings_run_fkey foreign key (run_id) references reconciliation.runs (run_id)
);
comment on table reconciliation.dry_findings is 'What the newest dry run would have matched, opened, proposed or closed: at most 1,000 of a level, outcome and class; run_figures counts all. Never read by a run.';
comment on column reconciliation.dry_findings.class is 'As in run_figures.';
comment on column reconciliation.dry_findings.expected_items is 'Our side, each as kind:key.';
comment on column reconciliation.dry_findings.actual_items is 'The other side, each as kind:key.';
