using Npgsql;
using Payments.Pipeline.Rescore;

namespace Payments.Pipeline.Quality;

/// <summary>
/// The gauges whose figures the store keeps, and that are measured once a night or while a run goes on: a worker that has just begun tells them as they are
/// instead of nothing until then.
/// </summary>
public static class StoredGauges
{
    /// <summary>Tells what was measured last: drift, quality of the newest week whose labels are known, and how far rescores that are under way have come.</summary>
    /// <param name="dataSource">Connections that may read them.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task TellAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        await EachAsync(
            dataSource,
            "select subject, stability_index from pipeline.list_risk_drift(null, null, null)",
            row => RiskMeters.Drifted(row.GetString(0), (double)row.GetDecimal(1)),
            cancellationToken);
        await EachAsync(
            dataSource,
            """
            select review_precision, review_recall, review_false_positive_rate, block_precision, block_recall, block_false_positive_rate, average_precision
            from pipeline.list_risk_quality(null, null)
            where frauds is not null
            order by week_start desc
            limit 1
            """,
            row => RiskMeters.Judged(
                new(Number(row, 0), Number(row, 1), Number(row, 2)), new(Number(row, 3), Number(row, 4), Number(row, 5)), Number(row, 6)),
            cancellationToken);
        await EachAsync(
            dataSource,
            "select run_id, payments_read, payments_expected from pipeline.list_rescores() where finished_at is null and status in ('queued', 'running')",
            row => RescoreMeters.Advanced(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)),
            cancellationToken);
    }

    private static double? Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : (double)row.GetDecimal(column);

    private static async Task EachAsync(NpgsqlDataSource dataSource, string sql, Action<NpgsqlDataReader> tell, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) tell(reader);
    }
}
