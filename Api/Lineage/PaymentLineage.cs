using System.Text.Json;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Lineage;

/// <summary>Where a payment came from.</summary>
/// <param name="PaymentId">The payment.</param>
/// <param name="TransactionDate">UTC.</param>
/// <param name="LineNumber">The physical line of the file where its record starts, from 1.</param>
/// <param name="BatchId">The slice of the file that it was loaded with.</param>
/// <param name="ImportId">The import; <c>/api/imports/{id}</c> shows its account.</param>
/// <param name="Profile">The file's format.</param>
/// <param name="FileName">What the sender calls the file; null when it did not say.</param>
/// <param name="ContentSha256">SHA-256 of the file, lower-case hex; its name in the spool.</param>
/// <param name="ReceivedAt">When the file was received, UTC.</param>
/// <param name="RunId">The run that loaded it; <c>/api/etl/runs/{id}</c> shows its steps.</param>
/// <param name="RunKind">import, or etl for sample data.</param>
/// <param name="RequestedBy">api, schedule, drop_folder, first_run or command.</param>
/// <param name="RequestedAt">When the run was asked for, UTC.</param>
/// <param name="SettlementId">The settlement that pays it; null while it is in none.</param>
/// <param name="ReplaysImportId">The import that refused the record first, when this one is a replay of the same file; <c>/api/quarantine</c> tells more.</param>
/// <param name="Corrections">Values that stand for the file's own, when the record was corrected; null otherwise.</param>
/// <param name="ArchiveFile">The archive's file that holds the payment, all of the month's where it has several: line, batch and what follows from them are in it, and null here. Null for a payment in the database.</param>
/// <param name="ArchiveSha256">SHA-256 of that file, lower-case hex.</param>
internal record PaymentLineage(
    string PaymentId,
    DateTime TransactionDate,
    long? LineNumber,
    long? BatchId,
    long? ImportId,
    string? Profile,
    string? FileName,
    string? ContentSha256,
    DateTime? ReceivedAt,
    long? RunId,
    string? RunKind,
    string? RequestedBy,
    DateTime? RequestedAt,
    string? SettlementId,
    long? ReplaysImportId,
    JsonElement? Corrections,
    string? ArchiveFile,
    string? ArchiveSha256) : IExample<PaymentLineage>
{
    /// <inheritdoc/>
    public static PaymentLineage Example { get; } = new(
        "PAY-000123", new(2026, 1, 31, 14, 3, 27, DateTimeKind.Utc), 42, 3, 7, "payments", "january.csv",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", new(2026, 2, 1, 8, 0, 0, DateTimeKind.Utc),
        12, "import", "api", new(2026, 2, 1, 8, 0, 0, DateTimeKind.Utc), "STL-20260131-USD-MERCH-007", null, null, null, null);

    /// <summary>The lineage of a payment.</summary>
    public static RowQuery<PaymentLineage> Query(string paymentId) => new RowQuery<PaymentLineage>("pipeline.get_payment_lineage(@id)").With("id", paymentId);
}
