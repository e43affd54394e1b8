namespace Payments.Risk.Evaluation;

/// <summary>How well scores rank the positives (frauds, anomalies) above the rest, over all thresholds. Only the scores' order counts.</summary>
public static class Ranking
{
    /// <summary>
    /// The area under the ROC curve: the probability that a positive scores above a negative, a tie counting one half. That is the
    /// Mann-Whitney statistic with mid-ranks, <c>(R - P (P + 1) / 2) / (P N)</c> for the rank sum R of P positives among N negatives
    /// (Hanley, McNeil 1982).
    /// </summary>
    /// <param name="scores">Higher means more likely positive.</param>
    /// <param name="labels">True for a positive; one a score.</param>
    /// <returns>0 to 1, or null without a positive or without a negative.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static double? AucRoc(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        long positives = 0, negatives = 0, twiceWon = 0;
        foreach (var tie in TiesFromTheTop(scores, labels))
        {
            twiceWon += tie.Negatives * (2 * positives + tie.Positives);
            positives += tie.Positives;
            negatives += tie.Negatives;
        }

        return positives > 0 && negatives > 0 ? twiceWon / (2.0 * positives * negatives) : null;
    }

    /// <summary>
    /// Average precision: <c>AP = Σ (R_i - R_(i-1)) P_i</c> over the distinct scores from the top, with recall R and precision P among the
    /// scores at least that high. Step-wise and without interpolation, as scikit-learn's <c>average_precision_score</c>; ties enter together.
    /// </summary>
    /// <param name="scores">Higher means more likely positive.</param>
    /// <param name="labels">True for a positive; one a score.</param>
    /// <returns>0 to 1, or null without a positive.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static double? AveragePrecision(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        long positives = 0, seen = 0;
        var sum = 0.0;
        foreach (var tie in TiesFromTheTop(scores, labels))
        {
            positives += tie.Positives;
            seen += tie.Positives + tie.Negatives;
            sum += tie.Positives * ((double)positives / seen);
        }

        return positives > 0 ? sum / positives : null;
    }

    /// <summary>Groups of equal scores, the highest first.</summary>
    private static List<(long Positives, long Negatives)> TiesFromTheTop(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        Labelled.Check(scores, labels);
        var keys = scores.ToArray();
        var flags = labels.ToArray();
        Array.Sort(keys, flags);

        var ties = new List<(long Positives, long Negatives)>();
        for (var last = keys.Length - 1; last >= 0;)
        {
            long positives = 0, negatives = 0;
            var score = keys[last];
            for (; last >= 0 && keys[last] == score; last--)
            {
                if (flags[last])
                {
                    positives++;
                }
                else
                {
                    negatives++;
                }
            }

            ties.Add((positives, negatives));
        }

        return ties;
    }
}
