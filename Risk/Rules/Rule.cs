using Payments.Risk.Engine;

namespace Payments.Risk.Rules;

/// <summary>One version of a rule.</summary>
public sealed record Rule
{
    /// <summary>Identifies this version of this rule.</summary>
    public required long Id { get; init; }

    /// <summary>The rule's name: capitals, digits and _, as it stands in reasons and alerts.</summary>
    public required string Code { get; init; }

    /// <summary>From 1; the highest is the one that counts.</summary>
    public required int Version { get; init; }

    /// <summary>What it is about, in a few words that a reviewer can read.</summary>
    public required string Description { get; init; }

    /// <summary>When it hits.</summary>
    public required RuleExpression Expression { get; init; }

    /// <summary>What its hits do.</summary>
    public required RuleMode Mode { get; init; }

    /// <summary>What a hit adds to the score of the rules, 0 to 100.</summary>
    public double Points { get; init; }

    /// <summary>The least score of a payment that it hits, 0 to 100, or null.</summary>
    public double? Floor { get; init; }

    /// <summary>How serious a hit is.</summary>
    public RuleSeverity Severity { get; init; } = RuleSeverity.Medium;

    /// <summary>Whether a hit makes the payment suspicious.</summary>
    public bool IsFlag { get; init; }

    /// <summary>The share of payments, over 0 to 1, above which it stops counting; 1 lets it hit everything.</summary>
    public double MaxShare { get; init; } = 0.2;

    /// <summary>It counts from this instant on (UTC); null: at once.</summary>
    public DateTime? ValidFrom { get; init; }

    /// <summary>It no longer counts from this instant on (UTC); null: for good.</summary>
    public DateTime? ValidUntil { get; init; }

    /// <summary>Whether it counts at an instant.</summary>
    public bool IsValidAt(DateTime now) => (ValidFrom is null || now >= ValidFrom) && (ValidUntil is null || now < ValidUntil);

    /// <summary>Why it hit, in words that a reviewer can paste.</summary>
    /// <param name="subject">A payment that it hit.</param>
    /// <param name="score">The payment's score, for a rule that asks for it.</param>
    /// <param name="contribution">What the hit is answerable for; null: its points.</param>
    public Reason Explain(RiskSubject subject, double score = double.NaN, double? contribution = null)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var findings = Expression.Explain(subject, score);
        var thresholds = findings.Where(finding => finding.Threshold.Length > 0).ToList();
        var (observed, threshold) = findings is [var only]
            ? (only.Observed, only.Threshold.Length > 0 ? only.Threshold : null)
            : (Join(findings.Select(finding => $"{finding.Name} {finding.Observed}")),
                thresholds.Count > 0 ? Join(thresholds.Select(finding => $"{finding.Name} {finding.Threshold}")) : null);
        var sentence = string.Join(" and ", findings.Select(finding => finding.Sentence));
        return new(Code, "rule", $"{Description.TrimEnd('.')}: {sentence}.", contribution ?? Points, observed, threshold);
    }

    private static string Join(IEnumerable<string> findings) => string.Join("; ", findings);
}
