-- The hash of a row's values: the first eight bytes of SHA-256 over their binary form, as a signed number.
-- Grain: one value. Reads: nothing. Called by: checksum_payments, survey_month. PaymentsProof takes the same of a file's rows.
create function pipeline.row_hash(
    p_row bytea
) returns bigint
language sql
immutable
parallel safe
as $$
    select ('x' || encode(substr(sha256(p_row), 1, 8), 'hex'))::bit(64)::bigint;
$$;

comment on function pipeline.row_hash(bytea) is
    'Eight bytes of SHA-256 over record_send(row(…)); sums of it compare sets of rows whatever their order.';
