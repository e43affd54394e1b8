-- A worker's death says little about the run that it was doing, a fault of the run says much: each has a bound of its own.
alter table ops.runs add column lost_attempts int not null default 0;
comment on column ops.runs.lost_attempts is 'Attempts that ended with their worker since the run last committed something; bounded generously.';
comment on column ops.runs.failed_attempts is 'Attempts that ended in a transient fault since the run last committed something; bounded. Outages, lost workers and runs handed back do not count.';
