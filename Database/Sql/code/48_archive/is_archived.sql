-- Whether an instant lies in a month of which payments are archived.
-- Grain: one value. Reads: ops.archived_months. Called by: judge_moves, the proofs.
create function pipeline.is_archived(
    p_transaction_date timestamptz
) returns boolean
language sql
stable
parallel safe
as $$
    select exists (
        select
        from ops.archived_months as archive
        where archive.status = 'archived'
            and archive.payment_month = date_trunc('month', p_transaction_date at time zone 'UTC')::date
    );
$$;

comment on function pipeline.is_archived(timestamptz) is
    'Whether payments of the UTC month of an instant are archived: one that is known and not in the store is in a file.';
