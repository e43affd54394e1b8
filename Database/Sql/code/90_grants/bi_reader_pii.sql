-- BI tools that may see customers' names and e-mail: every view, no table.
-- Grain: none. Reads: nothing. Called by: the migrator, at every deploy.
grant usage on schema public to bi_reader_pii;
