using System.Text.Json;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Archives;

/// <summary>A month of payments in a Parquet file.</summary>
/// <param name="Month">YYYY-MM (UTC).</param>
/// <param name="Part">From 1: a month is archived again when payments came late, or after it was restored.</param>
/// <param name="Status">writing: the payments are in the store; archived: in the file only; restored: in the store again, the file stays.</param>
/// <param name="Payments">Payments in the file; null while it is being written.</param>
/// <param name="Totals">Payments and amount by currency and status.</param>
/// <param name="FileName">In the folder <c>archive</c> of the storage.</param>
/// <param name="FileSize">Bytes.</param>
/// <param name="FileSha256">SHA-256 of the file, lower-case hex; a restore checks it.</param>
/// <param name="ArchivedAt">When the payments left the store, UTC.</param>
/// <param name="RestoredAt">When they came back, UTC.</param>
/// <param name="RunId">The run that archived it; <c>/api/etl/runs/{id}</c> shows its steps.</param>
/// <param name="RestoreRunId">The run that restored it.</param>
internal sealed record Archive(
    string Month,
    int Part,
    string Status,
    long? Payments,
    JsonElement? Totals,
    string FileName,
    long? FileSize,
    string? FileSha256,
    DateTime? ArchivedAt,
    DateTime? RestoredAt,
    long RunId,
    long? RestoreRunId) : IExample<Archive>
{
    /// <inheritdoc/>
    public static Archive Example { get; } = new(
        "2025-01", 1, "archived", 5000,
        JsonElement.Parse("""[{"currency":"USD","status":"SUCCESS","payments":5000,"amount":1250000.500}]"""),
        "payments-2025-01.parquet", 310_422, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        new(2026, 2, 1, 4, 0, 3, DateTimeKind.Utc), null, 17, null);

    /// <summary>Every archive, or those of one month.</summary>
    public static RowQuery<Archive> Query(string? month = null)
    {
        var query = new RowQuery<Archive>("pipeline.list_archives()", new OrderColumn("month"), new OrderColumn("part"));
        return month is null ? query : query.Where("month = @month").With("month", month);
    }

    /// <summary>Months of payments that were written to files.</summary>
    /// <remarks>By month and part, with where the payments are now.</remarks>
    public static RowStream<Archive> List() => new(Query());
}
