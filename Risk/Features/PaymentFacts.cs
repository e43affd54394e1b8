using Payments.Risk.Engine;

namespace Payments.Risk.Features;

/// <summary>What a payment says itself and what is known of its parties: all that its features need besides the history.</summary>
public sealed record PaymentFacts
{
    /// <summary>The payment's id: of payments of one instant the ordinally lower one comes first.</summary>
    public required string PaymentId { get; init; }

    /// <summary>Who pays.</summary>
    public required string CustomerId { get; init; }

    /// <summary>Who is paid.</summary>
    public required string MerchantId { get; init; }

    /// <summary>The amount in thousandths of the currency's major unit, 0 and more.</summary>
    public required long Thousandths { get; init; }

    /// <summary>The amount in the currency's major unit.</summary>
    public decimal Amount => new(unchecked((int)Thousandths), unchecked((int)(Thousandths >> 32)), 0, false, 3);

    /// <summary>ISO 4217 code.</summary>
    public required string Currency { get; init; }

    /// <summary>The contract's method, or null.</summary>
    public string? PaymentMethod { get; init; }

    /// <summary>The contract's status. A payment's own is never looked at, those of earlier ones are.</summary>
    public required string PaymentStatus { get; init; }

    /// <summary>When it was paid (<see cref="Instants"/>).</summary>
    public required long Instant { get; init; }

    /// <summary>The customer's current country, or null.</summary>
    public string? CustomerCountry { get; init; }

    /// <summary>The customer's category: LOW, MEDIUM, HIGH, or null.</summary>
    public string? CustomerRisk { get; init; }

    /// <summary>The customer's credit score, 300 to 850, or null.</summary>
    public int? CreditScore { get; init; }

    /// <summary>The merchant's current country, or null.</summary>
    public string? MerchantCountry { get; init; }

    /// <summary>The merchant's business type, or null.</summary>
    public string? BusinessType { get; init; }

    /// <summary>The payment as the engine looks at it.</summary>
    /// <param name="features">Its features, in the order of the catalogue.</param>
    public RiskSubject ToSubject(ReadOnlyMemory<double> features) => new()
    {
        PaymentId = PaymentId,
        CustomerId = CustomerId,
        MerchantId = MerchantId,
        Amount = Amount,
        Currency = Currency,
        PaymentMethod = PaymentMethod,
        PaymentStatus = PaymentStatus,
        TransactionDate = Instants.ToDateTime(Instant),
        CustomerCountry = CustomerCountry,
        CustomerRisk = CustomerRisk,
        MerchantCountry = MerchantCountry,
        BusinessType = BusinessType,
        Features = features,
    };
}
