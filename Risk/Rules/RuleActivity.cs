namespace Payments.Risk.Rules;

/// <summary>How often a version of a rule was asked and hit.</summary>
/// <param name="Evaluated">Payments that it was asked about.</param>
/// <param name="Hits">Of those, payments that it hit.</param>
/// <param name="Capped">Of the hits, those that did not count because there were too many.</param>
public readonly record struct RuleActivity(long Evaluated, long Hits, long Capped)
{
    /// <summary>So many payments are needed before a share says anything.</summary>
    public const long LeastEvaluated = 200;

    /// <summary>The share of payments that it hit, 0 to 1; null before any.</summary>
    public double? Share => Evaluated > 0 ? (double)Hits / Evaluated : null;

    /// <summary>Whether it hits more than it may.</summary>
    /// <param name="maxShare">Over 0 to 1.</param>
    public bool IsOver(double maxShare) => maxShare < 1 && Evaluated >= LeastEvaluated && Hits > maxShare * Evaluated;

    /// <summary>Both together.</summary>
    public static RuleActivity operator +(RuleActivity left, RuleActivity right) =>
        new(left.Evaluated + right.Evaluated, left.Hits + right.Hits, left.Capped + right.Capped);

    /// <summary>Both together.</summary>
    public static RuleActivity Add(RuleActivity left, RuleActivity right) => left + right;
}
