namespace Payments.Risk.Evaluation;

/// <summary>What every measure asks of scores and their labels.</summary>
internal static class Labelled
{
    public static void Check(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        if (scores.Length != labels.Length)
        {
            throw new ArgumentException($"{scores.Length} scores do not go with {labels.Length} labels.", nameof(labels));
        }

        foreach (var score in scores)
        {
            if (double.IsNaN(score))
            {
                throw new ArgumentException("A score is NaN, which has no rank.", nameof(scores));
            }
        }
    }
}
