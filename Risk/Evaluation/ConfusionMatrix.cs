namespace Payments.Risk.Evaluation;

/// <summary>What flagging every score at or over a threshold gets right and wrong.</summary>
/// <param name="TruePositives">Positives flagged.</param>
/// <param name="FalsePositives">Negatives flagged.</param>
/// <param name="TrueNegatives">Negatives let pass.</param>
/// <param name="FalseNegatives">Positives let pass.</param>
public readonly record struct ConfusionMatrix(long TruePositives, long FalsePositives, long TrueNegatives, long FalseNegatives)
{
    /// <summary>The part of the flagged that is positive, 0 to 1; null when nothing is flagged.</summary>
    public double? Precision => Share(TruePositives, TruePositives + FalsePositives);

    /// <summary>The part of the positives that is flagged, 0 to 1; null when there are none.</summary>
    public double? Recall => Share(TruePositives, TruePositives + FalseNegatives);

    /// <summary>The part of the negatives that is flagged, 0 to 1; null when there are none.</summary>
    public double? FalsePositiveRate => Share(FalsePositives, FalsePositives + TrueNegatives);

    /// <summary>Counts what a threshold does.</summary>
    /// <param name="threshold">The least score that is flagged.</param>
    /// <param name="scores">Higher means more likely positive.</param>
    /// <param name="labels">True for a positive; one a score.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static ConfusionMatrix At(double threshold, ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        Labelled.Check(scores, labels);
        var counts = new ConfusionMatrix();
        for (var i = 0; i < scores.Length; i++)
        {
            counts = (scores[i] >= threshold, labels[i]) switch
            {
                (true, true) => counts with { TruePositives = counts.TruePositives + 1 },
                (true, false) => counts with { FalsePositives = counts.FalsePositives + 1 },
                (false, false) => counts with { TrueNegatives = counts.TrueNegatives + 1 },
                (false, true) => counts with { FalseNegatives = counts.FalseNegatives + 1 },
            };
        }

        return counts;
    }

    private static double? Share(long part, long whole) => whole > 0 ? (double)part / whole : null;
}
