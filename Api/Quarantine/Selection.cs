using Payments.Api.Parameters;

namespace Payments.Api.Quarantine;

/// <summary>Refused records that a call means; all that is given must hold.</summary>
internal abstract record Selection
{
    private const int LongestReason = 200;

    /// <summary>Records that this import refused.</summary>
    public long? ImportId { get; init; }

    /// <summary>Records that have this code among their newest reasons.</summary>
    public string? Reason { get; init; }

    /// <summary>Records of these numbers; import_id tells of which import.</summary>
    public long[]? Records { get; init; }

    /// <summary>Why, for whoever looks at the records later; at most 1,000 characters.</summary>
    public string? Note { get; init; }

    /// <summary>Refuses a selection that would mean everything, or nothing.</summary>
    /// <exception cref="InvalidParameterException">It does.</exception>
    public void Check()
    {
        if (ImportId is null && Reason is null) throw new InvalidParameterException("import_id", "or reason is required: they tell which records are meant");
        if (Reason is { } reason && !RequestTexts.Fits(reason, LongestReason)) throw new InvalidParameterException("reason", "is no reason code: docs/reason-codes.md lists them");
        if (Records is { Length: 0 }) throw new InvalidParameterException("records", "is empty: leave it out to mean all records of the import");
        if (Records is not null && ImportId is null) throw new InvalidParameterException("import_id", "is required with records: numbers are those of one file");
        RequestTexts.CheckNote("note", Note);
    }
}
