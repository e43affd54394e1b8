using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Settle;
using Payments.Testing;

namespace Payments.Pipeline.Tests.Settle;

/// <summary>Rows of the store that settling starts from, written by hand, and what it made of them.</summary>
internal sealed class SettlementRows(TestDatabase database)
{
    private static int _counter;

    /// <summary>A merchant with an id of its own.</summary>
    public async Task<string> AddMerchantAsync(decimal rate = 2.5m, DateOnly? settlesFrom = null, bool isSettled = true, string? id = null)
    {
        id ??= $"M{Interlocked.Increment(ref _counter)}";
        await ExecuteAsync(
            "insert into merchants (merchant_id, merchant_name, commission_rate, settles_from) values ($1, $1, $2, $3)",
            id,
            rate,
            isSettled ? settlesFrom ?? new DateOnly(2026, 1, 1) : DBNull.Value);
        return id;
    }

    /// <summary>A loaded batch of SUCCESS payments of a merchant.</summary>
    public async Task<long> AddPaymentsAsync(string merchantId, params IReadOnlyList<(string At, decimal Amount, string Currency)> payments)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var batchId = await AddPaymentsAsync(connection, merchantId, "SUCCESS", payments);
        await transaction.CommitAsync();
        return batchId;
    }

    /// <summary>The same inside the caller's transaction, with any status.</summary>
    public static async Task<long> AddPaymentsAsync(
        NpgsqlConnection connection, string merchantId, string status, params IReadOnlyList<(string At, decimal Amount, string Currency)> payments)
    {
        await ScalarAsync<object>(connection, "select pipeline.ensure_payment_partitions('2025-12-01', '2026-12-31')");
        var batchId = await ScalarAsync<long>(
            connection,
            """
            with import as (
                insert into ops.imports (profile, content_sha256, size_bytes) values ('payments', repeat('0', 64), 0) returning import_id
            ),
            run as (
                insert into ops.runs (kind, request_key, requested_by) values ('import', gen_random_uuid()::text, 'command') returning run_id
            )
            insert into ops.batches (run_id, import_id, first_record, record_count, loaded_at)
            select run.run_id, import.import_id, 1, 1, now() from run, import returning batch_id
            """);
        foreach (var (at, amount, currency) in payments)
        {
            await ScalarAsync<object>(
                connection,
                """
                insert into payments (
                    payment_id, customer_id, merchant_id, amount, currency, payment_status, transaction_date, risk_score, batch_id, line_number
                ) values ('P' || gen_random_uuid(), 'C', $1, $2, $3, $4, ($5 || '+00')::timestamptz, 0, $6, 1)
                """,
                merchantId,
                amount,
                currency,
                status,
                at,
                batchId);
        }

        return batchId;
    }

    /// <summary>Settles as of the beginning of a day.</summary>
    public Task<(long Added, long Recomputed, long Payments)> SettleAsync(string asOf) => ReadOneAsync(
        "select settlements_added, settlements_recomputed, payments_settled from pipeline.settle_payments($1::date)",
        reader => (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)),
        asOf);

    /// <summary>The same as the worker does it with a backlog: in halves, each on a connection of its own.</summary>
    public async Task<SettleResult> SettleHalvesAsync(DateOnly asOf)
    {
        var runId = await ReadOneAsync(
            "insert into ops.runs (kind, request_key, requested_by, status, attempt) values ('import', gen_random_uuid()::text, 'command', 'running', 1) returning run_id",
            reader => reader.GetInt64(0));
        await using var worker = NpgsqlDataSource.Create(database.ConnectionStringFor("payments_worker"));
        var clock = new FakeTimeProvider(new(asOf, new(3, 0), default));
        return await SettleStage.RunAsync(new RunContext(runId, 1, worker, clock), largeBacklog: 0, default);
    }

    /// <summary>The settlements of a merchant, by currency and period.</summary>
    public Task<List<SettlementRow>> SettlementsAsync(string merchantId) => ReadAsync(
        """
        select settlement_id, currency, period_start, period_end, expected_settlement_date, total_amount, commission_amount, net_amount,
            payment_count, status, sla_breach
        from settlements where merchant_id = $1 order by currency, period_start
        """,
        reader => new SettlementRow(
            reader.GetString(0),
            reader.GetString(1),
            reader.GetFieldValue<DateOnly>(2).ToString("yyyy-MM-dd"),
            reader.GetFieldValue<DateOnly>(3).ToString("yyyy-MM-dd"),
            reader.GetFieldValue<DateOnly>(4).ToString("yyyy-MM-dd"),
            reader.GetDecimal(5),
            reader.GetDecimal(6),
            reader.GetDecimal(7),
            reader.GetInt32(8),
            reader.GetString(9),
            reader.GetBoolean(10)),
        merchantId);

    /// <summary>What is wrong; nothing, it is hoped.</summary>
    public Task<List<string>> DifferencesAsync() =>
        ReadAsync("select difference from pipeline.check_settlements()", reader => reader.GetString(0));

    /// <summary>Marks a merchant's settlement of a day as COMPLETED on a day, or as FAILED.</summary>
    public Task CloseAsync(string merchantId, string day, string? paidOn) => ExecuteAsync(
        """
        update settlements set status = case when $3::date is null then 'FAILED' else 'COMPLETED' end, settlement_date = $3::date
        where merchant_id = $1 and period_start = $2::date
        """,
        merchantId,
        day,
        (object?)paidOn ?? DBNull.Value);

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var command = Command(connection, sql, values);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var command = Command(connection, sql, values);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    public async Task<T> ReadOneAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values) =>
        Assert.Single(await ReadAsync(sql, read, values));

    private static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = Command(connection, sql, values);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            // Text may stand for a date, cast in the statement.
            command.Parameters.Add(
                value is DBNull ? new() { Value = value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Unknown } : new NpgsqlParameter { Value = value });
        }

        return command;
    }
}

internal sealed record SettlementRow(
    string Id,
    string Currency,
    string PeriodStart,
    string PeriodEnd,
    string Expected,
    decimal Total,
    decimal Commission,
    decimal Net,
    int Payments,
    string Status,
    bool IsBreach);
