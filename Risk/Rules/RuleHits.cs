namespace Payments.Risk.Rules;

/// <summary>The rules that hit a payment; in the rule set's order.</summary>
public sealed class RuleHits
{
    internal RuleHits(IReadOnlyList<Rule> live, IReadOnlyList<Rule> shadow, IReadOnlyList<Rule> capped)
    {
        Live = live;
        Shadow = shadow;
        Capped = capped;
        // Loops, not queries: this is made for every payment that a rule hits.
        for (var place = 0; place < live.Count; place++)
        {
            var rule = live[place];
            Points = Math.Min(100, Points + rule.Points);
            Floor = Math.Max(Floor, rule.Floor ?? 0);
            IsFlagged |= rule.IsFlag;
            if (Severity is not { } severity || rule.Severity > severity) Severity = rule.Severity;
        }
    }

    /// <summary>No rule hit.</summary>
    public static RuleHits None { get; } = new([], [], []);

    /// <summary>Those that count.</summary>
    public IReadOnlyList<Rule> Live { get; }

    /// <summary>Those that are only counted.</summary>
    public IReadOnlyList<Rule> Shadow { get; }

    /// <summary>Live ones that hit too many payments, and so do not count now.</summary>
    public IReadOnlyList<Rule> Capped { get; }

    /// <summary>The sum of the live rules' points, at most 100.</summary>
    public double Points { get; }

    /// <summary>The highest floor of the live rules, or 0.</summary>
    public double Floor { get; }

    /// <summary>Whether a live rule is a flag.</summary>
    public bool IsFlagged { get; }

    /// <summary>The highest severity of the live rules, or null.</summary>
    public RuleSeverity? Severity { get; }
}
