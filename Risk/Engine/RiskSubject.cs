namespace Payments.Risk.Engine;

/// <summary>A payment as the engine looks at it: what it says itself, what is known of its parties, and its features at its instant.</summary>
public sealed class RiskSubject
{
    /// <summary>The payment's id.</summary>
    public required string PaymentId { get; init; }

    /// <summary>Who pays.</summary>
    public required string CustomerId { get; init; }

    /// <summary>Who is paid.</summary>
    public required string MerchantId { get; init; }

    /// <summary>The amount, 0 and more, in the currency's major unit.</summary>
    public required decimal Amount { get; init; }

    /// <summary>ISO 4217 code.</summary>
    public required string Currency { get; init; }

    /// <summary>The contract's method, or null.</summary>
    public string? PaymentMethod { get; init; }

    /// <summary>The contract's status: SUCCESS, FAILED, PENDING, REFUNDED. A score never looks at the payment's own.</summary>
    public required string PaymentStatus { get; init; }

    /// <summary>The instant of the payment, UTC.</summary>
    public required DateTime TransactionDate { get; init; }

    /// <summary>The customer's current country, or null.</summary>
    public string? CustomerCountry { get; init; }

    /// <summary>The customer's category: LOW, MEDIUM, HIGH, or null.</summary>
    public string? CustomerRisk { get; init; }

    /// <summary>The merchant's country, or null.</summary>
    public string? MerchantCountry { get; init; }

    /// <summary>The merchant's business type, or null.</summary>
    public string? BusinessType { get; init; }

    /// <summary>One value a feature of <see cref="Features.FeatureCatalogue"/>, in its order; NaN is unknown.</summary>
    public required ReadOnlyMemory<double> Features { get; init; }
}
