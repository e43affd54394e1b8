-- Records of an import that were refused.
-- Grain: one record. Reads: ops.quarantine. Called by: GET /api/imports/{id}/rejected.
create function pipeline.list_rejected_records(
    p_import_id bigint
) returns table (
    record_number bigint,
    line_number bigint,
    reasons text[],
    raw_record text,
    raw_is_cut boolean
)
language sql
stable
parallel safe
as $$
    select
        refused.record_number,
        refused.line_number,
        refused.reasons,
        refused.raw_record,
        refused.raw_is_cut
    from ops.quarantine as refused
    where refused.import_id = p_import_id;
$$;

comment on function pipeline.list_rejected_records(bigint) is
    'Refused records with every reason and their place in the file. Unordered: the caller pages by record_number.';
