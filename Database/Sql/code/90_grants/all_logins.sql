-- Default deny: nobody gets anything but by the grants of the files beside this one.
-- Grain: none. Reads: nothing. Called by: the migrator, at every deploy.
revoke all on schema
    public,
    partitions,
    rollup,
    staging,
    risk,
    ops,
    quartz,
    settlement,
    sla,
    reconciliation,
    pipeline
from public;
revoke all on all tables in schema
    public,
    rollup,
    staging,
    risk,
    ops,
    quartz,
    settlement,
    sla,
    reconciliation
from
    public,
    payments_api,
    payments_worker,
    bi_reader,
    bi_reader_pii;
revoke all on all functions in schema public, pipeline from
    public,
    payments_api,
    payments_worker,
    bi_reader,
    bi_reader_pii;
