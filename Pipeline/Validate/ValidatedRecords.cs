namespace Payments.Pipeline.Validate;

/// <summary>What the store says of a batch's records; the others are new.</summary>
/// <param name="Refused">Refused ones with their reasons, also those of what the record alone told.</param>
/// <param name="Known">Numbers of payments that it knows already: duplicates, and moves of an update.</param>
internal sealed record ValidatedRecords(IReadOnlyList<RefusedRecord> Refused, IReadOnlySet<long> Known)
{
    /// <summary>Before it has said anything.</summary>
    public static ValidatedRecords None { get; } = new([], new HashSet<long>());

    /// <summary>The payments that are new.</summary>
    /// <param name="payments">The batch's well-formed payments.</param>
    public IEnumerable<StagedPayment> New(IReadOnlyList<StagedPayment> payments)
    {
        if (Refused.Count == 0 && Known.Count == 0) return payments;
        var others = new HashSet<long>(Known);
        foreach (var record in Refused) others.Add(record.RecordNumber);
        return payments.Where(payment => !others.Contains(payment.RecordNumber));
    }
}
