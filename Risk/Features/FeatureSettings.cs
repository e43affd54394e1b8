namespace Payments.Risk.Features;

/// <summary>Bounds that features count by. In the major unit of the payment's own currency.</summary>
public sealed record FeatureSettings
{
    /// <summary>The limit under which payments are split: those from 90 % of it up to it, without it, are counted.</summary>
    public decimal StructuringLimit { get; init; } = 10_000;

    /// <summary>The most that a payment has with which a stolen card is tried.</summary>
    public decimal SmallAmount { get; init; } = 5;
}
