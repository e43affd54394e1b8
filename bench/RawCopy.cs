using System.Diagnostics;

namespace Payments.Bench;

/// <summary>
/// The limit that the pipeline is held to: one connection's binary COPY of the same rows into an empty twin of payments (same columns, checks, partitions
/// and indexes). The rows are written to a file first and sent as they lie there, so that the client costs next to nothing.
/// </summary>
internal static class RawCopy
{
    private const int ChunkBytes = 1024 * 1024;

    private const string Columns =
        "payment_id, customer_id, merchant_id, amount, currency, payment_method, payment_status, transaction_date, processing_time_seconds, "
        + "failure_reason, risk_score, is_suspicious, created_at, updated_at, batch_id, line_number, is_generated";

    /// <summary>Copies all stored payments in the order of their file, one transaction; the twin is dropped afterwards.</summary>
    /// <param name="database">Where the payments are, and their twin will be.</param>
    /// <param name="folder">Room for a file of the rows; it is deleted at the end.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Rows and the seconds that COPY and commit took; reading them from the store is not counted.</returns>
    public static async Task<(long Rows, double Seconds)> MeasureAsync(BenchDatabase database, DirectoryInfo folder, CancellationToken cancellationToken)
    {
        var rows = new FileInfo(Path.Combine(folder.FullName, "raw-copy.bin"));
        try
        {
            await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
            await using (var source = await connection.BeginRawBinaryCopyAsync(
                $"copy (select {Columns} from public.payments order by batch_id, line_number) to stdout (format binary)", cancellationToken))
            await using (var file = rows.Create())
            {
                await source.CopyToAsync(file, ChunkBytes, cancellationToken);
            }

            await MakeTwinAsync(database, cancellationToken);
            var from = Stopwatch.GetTimestamp();
            await using (var file = rows.OpenRead())
            await using (var target = await connection.BeginRawBinaryCopyAsync($"copy bench.payments ({Columns}) from stdin (format binary)", cancellationToken))
            {
                await file.CopyToAsync(target, ChunkBytes, cancellationToken);
            }

            var seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
            var count = await database.ScalarAsync<long>("select count(*) from bench.payments", cancellationToken);
            await database.ExecuteAsync("drop schema bench cascade", cancellationToken);
            return (count, seconds);
        }
        finally
        {
            rows.Delete();
        }
    }

    private static Task MakeTwinAsync(BenchDatabase database, CancellationToken cancellationToken) => database.ExecuteAsync(
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
}
