using System.Threading.Channels;
using Npgsql;
using Payments.Risk.Engine;
using Payments.Risk.Features;

namespace Payments.Pipeline.Rescore;

/// <summary>Reads stored payments month by month, each sorted by the server, in pages.</summary>
internal static class StoredPages
{
    private const int PageRows = 1024;

    private const string Payments =
        """
        select payment_id, customer_id, merchant_id, thousandths, currency, payment_method, payment_status, transaction_date, customer_country,
            customer_risk, credit_score, merchant_country, business_type, is_fraud, known_at, risk_score, is_suspicious, decision, is_flag_kept
        from pipeline.list_stored_payments($1, $2)
        order by transaction_date, payment_id
        """;

    private const string Frauds =
        """
        select payment_id, customer_id, merchant_id, transaction_date, known_at
        from pipeline.list_known_frauds(null, null, $1, $2)
        order by known_at, payment_id
        """;

    private const string Failures =
        """
        select payment_id, customer_id, merchant_id, currency, transaction_date, failed_at
        from pipeline.list_failures($1, $2)
        order by failed_at, payment_id
        """;

    /// <summary>Writes the payments of a half-open time into the channel, in the order of time, then id.</summary>
    public static async Task WriteAsync(NpgsqlDataSource dataSource, DateTime from, DateTime until, ChannelWriter<StoredPage> pages, CancellationToken cancellationToken)
    {
        for (var (begin, end) = (from, Next(from)); begin < until; (begin, end) = (end, Next(end)))
        {
            await WriteMonthAsync(dataSource, begin, end < until ? end : until, pages, cancellationToken);
        }
    }

    private static DateTime Next(DateTime instant) => new DateTime(instant.Year, instant.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(1);

    private static async Task WriteMonthAsync(NpgsqlDataSource dataSource, DateTime from, DateTime until, ChannelWriter<StoredPage> pages, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // A month is sorted at once, which should not go through files; its plan is made for it alone.
        await using (var settings = new NpgsqlCommand("select set_config('work_mem', '128MB', true), set_config('jit', 'off', true)", connection))
        {
            await settings.ExecuteNonQueryAsync(cancellationToken);
        }

        var frauds = await ReadAsync(connection, Frauds, from, until, row => new KnownFraud(
            row.GetString(0), row.GetString(1), row.GetString(2), Instants.From(row.GetDateTime(3)), Instants.From(row.GetDateTime(4))), cancellationToken);
        var failures = await ReadAsync(connection, Failures, from, until, row => new Failure(
            row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), Instants.From(row.GetDateTime(4)), Instants.From(row.GetDateTime(5))), cancellationToken);
        await pages.WriteAsync(new([], frauds, failures), cancellationToken);

        await using var command = Command(connection, Payments, from, until);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<StoredPayment>(PageRows);
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add(Payment(reader));
            if (page.Count < PageRows) continue;
            await pages.WriteAsync(new(page, [], []), cancellationToken);
            page = new(PageRows);
        }

        if (page.Count > 0) await pages.WriteAsync(new(page, [], []), cancellationToken);
    }

    private static StoredPayment Payment(NpgsqlDataReader row) => new(
        new()
        {
            PaymentId = row.GetString(0),
            CustomerId = row.GetString(1),
            MerchantId = row.GetString(2),
            Thousandths = row.GetInt64(3),
            Currency = row.GetString(4),
            PaymentMethod = Text(row, 5),
            PaymentStatus = row.GetString(6),
            Instant = Instants.From(row.GetDateTime(7)),
            CustomerCountry = Text(row, 8),
            CustomerRisk = Text(row, 9),
            CreditScore = row.IsDBNull(10) ? null : row.GetInt32(10),
            MerchantCountry = Text(row, 11),
            BusinessType = Text(row, 12),
        },
        row.IsDBNull(13) ? null : new(row.GetBoolean(13), row.GetDateTime(14)),
        new(row.GetDecimal(15), row.GetBoolean(16), row.IsDBNull(17) ? null : DecisionNames.Parse(row.GetString(17)), row.GetBoolean(18)));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static async Task<List<T>> ReadAsync<T>(
        NpgsqlConnection connection, string sql, DateTime from, DateTime until, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql, from, until);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));
        return rows;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, DateTime from, DateTime until)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = until });
        return command;
    }
}
