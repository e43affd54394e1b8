-- What rules did is appended, batch by batch, and folded into a row an hour now and then (fold_rule_counts): no batch changes a row,
-- and several instances of the API are not in each other's way.

alter table risk.rule_counts drop constraint rule_counts_pkey;
alter table risk.rule_counts drop column lane;
alter table risk.rule_counts add column count_id bigint generated always as identity;
alter table risk.rule_counts add constraint rule_counts_pkey primary key (count_id);
create index rule_counts_hour_idx on risk.rule_counts (counted_hour);
comment on table risk.rule_counts is 'What the rules did, by hour of scoring: a row a batch, until those of an hour are folded into one.';
