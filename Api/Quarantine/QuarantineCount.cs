using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Quarantine;

/// <summary>How many refused records wait for somebody.</summary>
/// <param name="Profile">The files' format.</param>
/// <param name="Reason">The first of their newest reasons.</param>
/// <param name="OpenRecords">Records.</param>
/// <param name="Imports">Files that they are of.</param>
/// <param name="OldestAt">When the oldest was refused, UTC.</param>
/// <param name="NewestAt">When the newest was refused, UTC.</param>
internal sealed record QuarantineCount(
    string Profile,
    string Reason,
    long OpenRecords,
    long Imports,
    DateTime OldestAt,
    DateTime NewestAt) : IExample<QuarantineCount>
{
    /// <inheritdoc/>
    public static QuarantineCount Example { get; } = new(
        "payments", "customer_id.unknown", 212, 3, new(2026, 1, 29, 8, 0, 0, DateTimeKind.Utc), new(2026, 1, 31, 8, 0, 0, DateTimeKind.Utc));

    /// <summary>Open refused records by format and reason.</summary>
    /// <remarks>What waits to be corrected, replayed or dismissed; each record counts under the first of its newest reasons.</remarks>
    public static RowStream<QuarantineCount> List() =>
        new(new RowQuery<QuarantineCount>("pipeline.count_quarantine()", new("profile"), new("reason")));
}
