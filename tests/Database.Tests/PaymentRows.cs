using Npgsql;
using NpgsqlTypes;

namespace Payments.Database.Tests;

/// <summary>One record of a payment file, as staged.</summary>
internal sealed record StagedPayment(string Id, string Customer = "C1", string Merchant = "M1")
{
    public decimal Amount { get; init; } = 10m;

    public string Currency { get; init; } = "USD";

    public string? Method { get; init; } = "CREDIT_CARD";

    public string Status { get; init; } = "SUCCESS";

    public DateTime At { get; init; } = new(2025, 1, 15, 12, 0, 0, DateTimeKind.Utc);

    public int? Seconds { get; init; }

    public string? FailureReason { get; init; }

    public bool? IsFraud { get; init; }

    public string[]? Reasons { get; init; }

    /// <summary>Stands for the hash over the parsed content.</summary>
    public Guid Hash => new(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Id}|{Customer}|{Merchant}|{Amount}|{Currency}|{Method}|{Status}|{At:O}"))).AsSpan(0, 16));
}

/// <summary>A refused record.</summary>
internal sealed record Refusal(long RecordNumber, string[] Reasons);

/// <summary>What became of a batch.</summary>
internal sealed record BatchOutcome(long Accepted, long Duplicates, IReadOnlyList<Refusal> Refused);

/// <summary>Puts payments through the three calls of a batch, as the worker does.</summary>
internal static class PaymentRows
{
    public static readonly string[] Header =
        ["payment_id", "customer_id", "merchant_id", "amount", "currency", "payment_method", "status", "payment_date"];

    public static Task<BatchOutcome> LoadAsync(this NpgsqlDataSource database, params StagedPayment[] payments) =>
        database.LoadFileAsync("insert", null, payments);

    /// <summary>The same with <c>mode=update</c>.</summary>
    public static Task<BatchOutcome> UpdateAsync(this NpgsqlDataSource database, params StagedPayment[] payments) =>
        database.LoadFileAsync("update", null, payments);

    /// <summary>The same as a batch of a file whose content has this name; without one, of a file of its own.</summary>
    public static async Task<BatchOutcome> LoadFileAsync(this NpgsqlDataSource database, string mode, string? file, params StagedPayment[] payments)
    {
        await using var connection = await database.OpenConnectionAsync();
        var batch = await connection.StageAsync(lane: 1, payments, mode: mode, file: file);
        await using var transaction = await connection.BeginTransactionAsync();
        var outcome = await connection.RunBatchAsync(batch, lane: 1);
        await transaction.CommitAsync();
        return outcome;
    }

    /// <summary>Registers a batch and copies its records into the lane; returns the batch's id.</summary>
    public static async Task<long> StageAsync(
        this NpgsqlConnection connection, int lane, IReadOnlyList<StagedPayment> payments, bool generated = false, string mode = "insert", string? file = null)
    {
        await connection.ExecuteAsync($"truncate staging.payments_lane_{lane}");
        var batch = await connection.NewBatchAsync(payments.Count, generated, mode, file);
        foreach (var month in payments.Select(payment => payment.At).Distinct())
        {
            await connection.ScalarAsync<int>("select pipeline.ensure_payment_partitions($1, $1)", month);
        }

        await using var writer = await connection.BeginBinaryImportAsync(
            """
            copy staging.payments (lane, batch_id, record_number, line_number, payment_id, customer_id, merchant_id, amount, currency,
                payment_method, payment_status, transaction_date, processing_time_seconds, failure_reason, content_hash, is_fraud, reasons)
            from stdin (format binary)
            """);
        foreach (var (index, payment) in payments.Index())
        {
            await writer.StartRowAsync();
            await writer.WriteAsync((short)lane);
            await writer.WriteAsync(batch);
            await writer.WriteAsync(index + 1L);
            await writer.WriteAsync(index + 2L);
            await writer.WriteAsync(payment.Id);
            await writer.WriteAsync(payment.Customer);
            await writer.WriteAsync(payment.Merchant);
            await writer.WriteAsync(payment.Amount);
            await writer.WriteAsync(payment.Currency, NpgsqlDbType.Char);
            await WriteAsync(writer, payment.Method);
            await writer.WriteAsync(payment.Status);
            await writer.WriteAsync(payment.At, NpgsqlDbType.TimestampTz);
            await WriteAsync(writer, payment.Seconds);
            await WriteAsync(writer, payment.FailureReason);
            await writer.WriteAsync(payment.Hash);
            await WriteAsync(writer, payment.IsFraud);
            await WriteAsync(writer, payment.Reasons);
        }

        await writer.CompleteAsync();
        return batch;
    }

    /// <summary>The calls that every batch of payments takes, in the caller's transaction.</summary>
    public static async Task<BatchOutcome> RunBatchAsync(this NpgsqlConnection connection, long batch, int lane, bool createReferences = false)
    {
        var refused = new List<Refusal>();
        await using (var validate = new NpgsqlCommand("select record_number, reasons from pipeline.validate_payments($1, $2, $3, $4)", connection))
        {
            validate.Parameters.Add(new() { Value = batch });
            validate.Parameters.Add(new() { Value = (short)lane });
            validate.Parameters.Add(new() { Value = Header });
            validate.Parameters.Add(new() { Value = createReferences });
            await using var reader = await validate.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                // One without reasons is known already.
                if (!reader.IsDBNull(1)) refused.Add(new Refusal(reader.GetInt64(0), reader.GetFieldValue<string[]>(1)));
            }
        }

        await connection.InsertAsync(batch, lane);
        await using var load = new NpgsqlCommand($"select accepted, duplicates from pipeline.load_batch($1, ({Scored}))", connection);
        load.Parameters.Add(new() { Value = batch });
        load.Parameters.Add(new() { Value = (short)lane });
        BatchOutcome outcome;
        await using (var counts = await load.ExecuteReaderAsync())
        {
            await counts.ReadAsync();
            outcome = new(counts.GetInt64(0), counts.GetInt64(1), refused);
        }

        await using var labels = new NpgsqlCommand("select pipeline.load_labels($1, 'handbook', interval '7 days', false)", connection);
        labels.Parameters.Add(new() { Value = batch });
        await labels.ExecuteNonQueryAsync();
        return outcome;
    }

    /// <summary>Inserts the new payments of a validated batch.</summary>
    public static Task<long> InsertAsync(this NpgsqlConnection connection, long batch, int lane) =>
        connection.ScalarAsync<long>($"select pipeline.insert_payments($1, ({Scored}))", batch, (short)lane);

    // Stands in for the engine, by rules of thumb: large amounts and risky customers, crypto and night. Of batch $1 in lane $2.
    private const string Scored =
        """
        select pipeline.score_payments(
            $1, $2, coalesce(array_agg(accepted.record_number), '{}'), coalesce(array_agg(points.score), '{}'), coalesce(array_agg(accepted.amount > 10000), '{}'),
            coalesce(array_agg(accepted.customer_country::text), '{}'))
        from pipeline.list_accepted_payments($1, $2) as accepted
        cross join lateral (
            select (
                case when accepted.amount > 10000 then 40 when accepted.amount > 5000 then 15 else 0 end
                + case accepted.customer_risk when 'HIGH' then 30 when 'MEDIUM' then 10 else 0 end
                + case when accepted.payment_method = 'CRYPTO' then 10 else 0 end
                + case when extract(hour from accepted.transaction_date at time zone 'UTC') < 6 then 5 else 0 end
            )::numeric as score
        ) as points
        """;

    public static async Task<long> NewBatchAsync(
        this NpgsqlConnection connection, int records = 1, bool generated = false, string mode = "insert", string? file = null) =>
        await connection.ScalarAsync<long>(
            """
            with run as (
                insert into ops.runs (kind, request_key, requested_by)
                values ('import', gen_random_uuid()::text, 'command')
                returning run_id
            ),
            import as (
                insert into ops.imports (run_id, profile, mode, content_sha256, size_bytes, is_generated)
                select run.run_id, 'payments', $3, $4, 1, $2
                from run
                returning import_id, run_id
            )
            insert into ops.batches (run_id, import_id, first_record, record_count)
            select import.run_id, import.import_id, 1, $1
            from import
            returning batch_id
            """,
            (long)records,
            generated,
            mode,
            file is null && mode == "insert" ? new string('0', 64) : HashOf(file ?? Guid.NewGuid().ToString()));

    private static string HashOf(string file) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(file)));

    private static Task WriteAsync<T>(NpgsqlBinaryImporter writer, T? value) =>
        value is null ? writer.WriteNullAsync() : writer.WriteAsync(value);
}
