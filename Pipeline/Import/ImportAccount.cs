namespace Payments.Pipeline.Import;

/// <summary>The account of an import: <c>Read = Accepted + Duplicates + Rejected</c>, always.</summary>
/// <param name="Status">completed or rejected.</param>
/// <param name="Read">Records read.</param>
/// <param name="Accepted">Records now in the store because of this import.</param>
/// <param name="Duplicates">Records that the store had already, with the same content.</param>
/// <param name="Rejected">Records in quarantine.</param>
/// <param name="FileRejected">Why the whole file was refused (nothing was written); null when it was read.</param>
public sealed record ImportAccount(
    string Status,
    long Read,
    long Accepted,
    long Duplicates,
    long Rejected,
    string? FileRejected);
