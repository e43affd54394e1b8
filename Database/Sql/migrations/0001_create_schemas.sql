-- The rooms of the database; public holds the contract that clients and BI tools rely on.

create schema if not exists partitions;
create schema if not exists rollup;
create schema if not exists staging;
create schema if not exists risk;
create schema if not exists ops;
create schema if not exists quartz;

comment on schema partitions is 'Monthly partitions of payments; read public.payments instead.';
comment on schema rollup is 'Exact running totals of payments, kept in the transaction that changes payments; reports read these.';
comment on schema staging is 'Unlogged rows of batches under way; can always be rebuilt from the spool.';
comment on schema risk is 'Fraud labels and what scoring keeps.';
comment on schema ops is 'Runs, steps, imports, quarantine and incidents: what the platform did and why.';
comment on schema quartz is 'Job store of Quartz.NET.';
