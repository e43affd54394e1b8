using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;

namespace Payments.Bench;

/// <summary>The limit that the pipeline is held to: one connection's binary COPY of the same rows into an empty twin of payments (same columns, checks, partitions and indexes).</summary>
internal static class RawCopy
{
    private const string Columns =
        "payment_id, customer_id, merchant_id, amount, currency, payment_method, payment_status, transaction_date, processing_time_seconds, "
        + "failure_reason, risk_score, is_suspicious, created_at, updated_at, batch_id, line_number, is_generated";

    /// <summary>Copies all stored payments in the order of their file, one transaction.</summary>
    /// <returns>Rows and the seconds that COPY and commit took; reading them is not counted.</returns>
    public static async Task<(long Rows, double Seconds)> MeasureAsync(BenchDatabase database, CancellationToken cancellationToken)
    {
        var rows = await ReadAsync(database, cancellationToken);
        await database.ExecuteAsync(
            """
            create schema bench;
            create table bench.payments (like public.payments including all) partition by range (transaction_date);
            do $$
            declare
                bounds record;
            begin
                for bounds in
                    select child.relname, pg_get_expr(child.relpartbound, child.oid) as expression
                    from pg_inherits as link
                    join pg_class as child on child.oid = link.inhrelid
                    where link.inhparent = 'public.payments'::regclass
                loop
                    execute format('create table bench.%I partition of bench.payments %s', bounds.relname, bounds.expression);
                end loop;
            end;
            $$;
            checkpoint;
            """,
            cancellationToken);

        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        var from = Stopwatch.GetTimestamp();
        await using (var copy = await connection.BeginBinaryImportAsync($"copy bench.payments ({Columns}) from stdin (format binary)", cancellationToken))
        {
            foreach (var row in rows)
            {
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(row.PaymentId, NpgsqlDbType.Varchar, cancellationToken);
                await copy.WriteAsync(row.CustomerId, NpgsqlDbType.Varchar, cancellationToken);
                await copy.WriteAsync(row.MerchantId, NpgsqlDbType.Varchar, cancellationToken);
                await copy.WriteAsync(row.Amount, NpgsqlDbType.Numeric, cancellationToken);
                await copy.WriteAsync(row.Currency, NpgsqlDbType.Char, cancellationToken);
                await WriteOrNullAsync(copy, row.PaymentMethod, NpgsqlDbType.Varchar, cancellationToken);
                await copy.WriteAsync(row.PaymentStatus, NpgsqlDbType.Varchar, cancellationToken);
                await copy.WriteAsync(row.TransactionDate, NpgsqlDbType.TimestampTz, cancellationToken);
                await copy.WriteNullAsync(cancellationToken);
                await WriteOrNullAsync(copy, row.FailureReason, NpgsqlDbType.Varchar, cancellationToken);
                await copy.WriteAsync(row.RiskScore, NpgsqlDbType.Numeric, cancellationToken);
                await copy.WriteAsync(row.IsSuspicious, NpgsqlDbType.Boolean, cancellationToken);
                await copy.WriteAsync(row.CreatedAt, NpgsqlDbType.TimestampTz, cancellationToken);
                await copy.WriteAsync(row.CreatedAt, NpgsqlDbType.TimestampTz, cancellationToken);
                await copy.WriteAsync(row.BatchId, NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync(row.LineNumber, NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync(false, NpgsqlDbType.Boolean, cancellationToken);
            }

            await copy.CompleteAsync(cancellationToken);
        }

        return (rows.Count, Stopwatch.GetElapsedTime(from).TotalSeconds);
    }

    private static async Task<List<Row>> ReadAsync(BenchDatabase database, CancellationToken cancellationToken)
    {
        var rows = new List<Row>();
        await using var command = database.DataSource.CreateCommand(
            """
            select payment_id, customer_id, merchant_id, amount, currency, payment_method, payment_status, transaction_date, failure_reason,
                risk_score, is_suspicious, created_at, batch_id, line_number
            from public.payments
            order by batch_id, line_number
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetDecimal(3), reader.GetString(4),
                reader.IsDBNull(5) ? null : reader.GetString(5), reader.GetString(6), reader.GetDateTime(7),
                reader.IsDBNull(8) ? null : reader.GetString(8), reader.GetDecimal(9), reader.GetBoolean(10), reader.GetDateTime(11),
                reader.GetInt64(12), reader.GetInt64(13)));
        }

        return rows;
    }

    private static Task WriteOrNullAsync(NpgsqlBinaryImporter copy, string? value, NpgsqlDbType type, CancellationToken cancellationToken) =>
        value is null ? copy.WriteNullAsync(cancellationToken) : copy.WriteAsync(value, type, cancellationToken);

    private sealed record Row(
        string PaymentId, string CustomerId, string MerchantId, decimal Amount, string Currency, string? PaymentMethod, string PaymentStatus,
        DateTime TransactionDate, string? FailureReason, decimal RiskScore, bool IsSuspicious, DateTime CreatedAt, long BatchId, long LineNumber);
}
