using Payments.Risk.Engine;

namespace Payments.Risk.Rules;

/// <summary>What an expression is asked about.</summary>
internal readonly ref struct RuleInput(RiskSubject subject, ReadOnlySpan<double> features, double score)
{
    /// <summary>The payment.</summary>
    public RiskSubject Subject { get; } = subject;

    /// <summary>Its features, taken out of their memory once.</summary>
    public ReadOnlySpan<double> Features { get; } = features;

    /// <summary>Its score; NaN before it is known.</summary>
    public double Score { get; } = score;
}
