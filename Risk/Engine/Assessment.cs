namespace Payments.Risk.Engine;

/// <summary>What the engine says of a payment.</summary>
public sealed record Assessment
{
    /// <summary>The score, 0 (no sign of risk) to 100, unrounded: what ranking uses.</summary>
    public required double Score { get; init; }

    /// <summary>The score as it is stored: two decimals, half away from zero.</summary>
    public decimal RoundedScore => Round(Score);

    /// <summary>What to do.</summary>
    public required Decision Decision { get; init; }

    /// <summary>Whether a live rule that is a flag hit, or a block list: it makes a payment suspicious, which a score alone never does.</summary>
    public required bool IsFlagged { get; init; }

    /// <summary>What the live rules' points and floors come to, 0 to 100.</summary>
    public required double RuleScore { get; init; }

    /// <summary>How unusual the payment is without any label, 0 to 1 (the share of payments that are less so), or null without a forest.</summary>
    public double? AnomalyScore { get; init; }

    /// <summary>The calibrated probability of fraud by the supervised model, or null without one.</summary>
    public double? FraudProbability { get; init; }

    /// <summary>Codes of the live rules that hit.</summary>
    public IReadOnlyList<string> RuleHits { get; init; } = [];

    /// <summary>Codes of the shadow rules that hit: counted, and without any effect.</summary>
    public IReadOnlyList<string> ShadowHits { get; init; } = [];

    /// <summary>Whether somebody should look at it, or may want to know why it is as it is: it is not approved, or flagged, or on a list.</summary>
    public bool NeedsLook { get; init; }

    /// <summary>Why, weightiest first; given from <see cref="Decision.Review"/> upward, for flagged payments and where it was asked for.</summary>
    public IReadOnlyList<Reason> Reasons { get; init; } = [];

    // With both decimals, as the store gives it back: 5.00, not 5.
    internal static decimal Round(double score) => decimal.Round((decimal)score, 2, MidpointRounding.AwayFromZero) + 0.00m;
}
