namespace Payments.Risk.Models;

/// <summary>The models that are live, and how their words and the rules' points become one score. Immutable, and safe to use from many threads.</summary>
public class RiskModels
{
    /// <summary>No model: the rules' points are the score.</summary>
    public static RiskModels Empty { get; } = new();

    /// <summary>The score that features and rules come to.</summary>
    /// <param name="features">One value a feature of the catalogue.</param>
    /// <param name="rulePoints">The points of the live rules that hit, 0 to 100; more points never lower the score.</param>
    public virtual ModelVerdict Judge(ReadOnlySpan<double> features, double rulePoints) => new(rulePoints, null, null);

    /// <summary>The same of many payments, each the same to the last bit as by itself.</summary>
    /// <param name="features">Of each payment one value a feature of the catalogue.</param>
    /// <param name="rulePoints">One a payment.</param>
    /// <param name="verdicts">One a payment.</param>
    public virtual void Judge(ReadOnlySpan<ReadOnlyMemory<double>> features, ReadOnlySpan<double> rulePoints, Span<ModelVerdict> verdicts)
    {
        for (var i = 0; i < features.Length; i++) verdicts[i] = Judge(features[i].Span, rulePoints[i]);
    }

    /// <summary>What each feature did to the score without any rule: together with a base that all payments share they come to <c>Judge(features, 0).Score</c>.</summary>
    /// <param name="features">One value a feature of the catalogue.</param>
    public virtual IReadOnlyList<FeatureContribution> Explain(ReadOnlySpan<double> features) => [];
}
