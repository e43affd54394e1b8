-- The bins of a reference window, as text, so that no number loses a digit.
-- Grain: one feature, or the score. Reads: ops.risk_reference_bins. Called by: DriftStage.
create function pipeline.list_reference_bins(
    p_reference_id bigint
) returns table (
    subject varchar,
    edges text[],
    shares text[]
)
language sql
stable
parallel safe
as $$
    select
        bin.subject,
        bin.edges::text[] as edges,
        bin.shares::text[] as shares
    from ops.risk_reference_bins as bin
    where bin.reference_id = p_reference_id;
$$;

comment on function pipeline.list_reference_bins(bigint) is
    'How each feature, and the score, was distributed in a reference window. Unordered: the caller orders by subject.';
