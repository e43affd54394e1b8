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

    /// <summary>The trees' values of many payments, each the same to the last bit as by itself.</summary>
    public void Sum(ReadOnlySpan<ReadOnlyMemory<double>> features, Span<double> sums)
    {
        Span<float> columns = stackalloc float[Features.Count * MaskedTrees.Rows];
        Span<double> values = stackalloc double[MaskedTrees.Rows];
        columns.Clear();
        for (var first = 0; first < features.Length; first += MaskedTrees.Rows)
        {
            var rows = features[first..Math.Min(features.Length, first + MaskedTrees.Rows)];
            // What the last block's other rows have left behind is walked too, and not looked at.
            for (var row = 0; row < rows.Length; row++) Features.Take(rows[row].Span, Missing, columns, row, MaskedTrees.Rows);
            Trees.Sum(columns, values);
            values[..rows.Length].CopyTo(sums[first..]);
        }
    }
}
