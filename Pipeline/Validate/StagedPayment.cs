namespace Payments.Pipeline.Validate;

/// <summary>A payment's record as its rules have read it; of a refused one, null where a value is missing or wrong.</summary>
internal record struct StagedPayment
{
    /// <summary>The record's number, from 1.</summary>
    public long RecordNumber { get; set; }

    /// <summary>The physical line where it starts, from 1.</summary>
    public long LineNumber { get; set; }

    /// <summary>The payment's id.</summary>
    public string? PaymentId { get; set; }

    /// <summary>Who pays.</summary>
    public string? CustomerId { get; set; }

    /// <summary>Who is paid.</summary>
    public string? MerchantId { get; set; }

    /// <summary>The amount in thousandths of the currency's major unit.</summary>
    public long? Thousandths { get; set; }

    /// <summary>ISO 4217 code.</summary>
    public string? Currency { get; set; }

    /// <summary>The contract's method.</summary>
    public string? PaymentMethod { get; set; }

    /// <summary>The contract's status.</summary>
    public string? PaymentStatus { get; set; }

    /// <summary>When it was paid, in PostgreSQL's time (<see cref="Load.PostgresInstant"/>).</summary>
    public long? Instant { get; set; }

    /// <summary>How long it took, in seconds.</summary>
    public int? ProcessingSeconds { get; set; }

    /// <summary>Why it failed.</summary>
    public string? FailureReason { get; set; }

    /// <summary>First 128 bits of SHA-256 over its content; null where it is refused.</summary>
    public Guid? ContentHash { get; set; }

    /// <summary>Reason codes, blanks between them, for what the record alone tells; null: it is well-formed.</summary>
    public string? Reasons { get; set; }

    /// <summary>Whether the record alone gives no reason to refuse it.</summary>
    public readonly bool IsWellFormed => Reasons is null;
}
