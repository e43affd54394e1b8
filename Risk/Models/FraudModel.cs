namespace Payments.Risk.Models;

/// <summary>The supervised model with what it needs to become a probability and a score.</summary>
/// <param name="Features">What the trees look at.</param>
/// <param name="Missing">What stands for a missing value of each: one less than the least that was seen, so that a split can tell it.</param>
/// <param name="Trees">The trees.</param>
/// <param name="Stack">How trees, forest and rules weigh together.</param>
/// <param name="Scale">What 70 and 90 mean.</param>
internal sealed record FraudModel(FeatureSet Features, float[] Missing, TreeEnsemble Trees, EvidenceStack Stack, ScoreScale Scale)
{
    public double Sum(ReadOnlySpan<double> features)
    {
        Span<float> row = stackalloc float[Features.Count];
        Features.Take(features, Missing, row);
        return Trees.Sum(row);
    }
}
