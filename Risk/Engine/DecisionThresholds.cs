namespace Payments.Risk.Engine;

/// <summary>From which score on a payment is reviewed, and from which it is blocked.</summary>
/// <param name="Review">0 to 100, at most <paramref name="Block"/>.</param>
/// <param name="Block">0 to 100; over 100 nothing is blocked.</param>
public sealed record DecisionThresholds(decimal Review, decimal Block)
{
    /// <summary>70 and 90: what they mean is told by the models' scale.</summary>
    public static DecisionThresholds Default { get; } = new(70, 90);

    /// <summary>What to do with a payment of a score.</summary>
    /// <param name="score">As it is stored, with two decimals: who compares the stored score with the thresholds comes to the same.</param>
    public Decision Decide(decimal score) => score >= Block ? Decision.Block : score >= Review ? Decision.Review : Decision.Approve;
}
