namespace Payments.Risk.Rules;

/// <summary>The rules that hit a payment; in the rule set's order.</summary>
/// <param name="Live">Those that count.</param>
/// <param name="Shadow">Those that are only counted.</param>
/// <param name="Capped">Live ones that hit too many payments, and so do not count now.</param>
public sealed record RuleHits(IReadOnlyList<Rule> Live, IReadOnlyList<Rule> Shadow, IReadOnlyList<Rule> Capped)
{
    /// <summary>No rule hit.</summary>
    public static RuleHits None { get; } = new([], [], []);

    /// <summary>The sum of the live rules' points, at most 100.</summary>
    public double Points { get; } = Math.Min(100, Live.Sum(rule => rule.Points));

    /// <summary>The highest floor of the live rules, or 0.</summary>
    public double Floor { get; } = Live.Max(rule => rule.Floor) ?? 0;

    /// <summary>Whether a live rule is a flag.</summary>
    public bool IsFlagged { get; } = Live.Any(rule => rule.IsFlag);

    /// <summary>The highest severity of the live rules, or null.</summary>
    public RuleSeverity? Severity { get; } = Live.Max(rule => (RuleSeverity?)rule.Severity);
}
