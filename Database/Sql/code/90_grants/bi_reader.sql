-- BI tools without personal data: views only, and of those the ones that name no customer.
-- Grain: none. Reads: nothing. Called by: the migrator, at every deploy.
grant usage on schema public to bi_reader;
