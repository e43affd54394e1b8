using Payments.Risk.Engine;

namespace Payments.Risk.Evaluation;

/// <summary>How good the decisions about a set of payments were, once it is known which of them were frauds.</summary>
/// <param name="Review">What stopping everything from <see cref="Decision.Review"/> upward gets right and wrong.</param>
/// <param name="Block">What stopping everything that was blocked gets right and wrong.</param>
/// <param name="AveragePrecision">Of the scores' ranking: <see cref="Ranking.AveragePrecision"/>; null without a fraud.</param>
/// <param name="AucRoc">Of the scores' ranking: <see cref="Ranking.AucRoc"/>; null without a fraud or without a genuine payment.</param>
public sealed record DecisionQuality(ConfusionMatrix Review, ConfusionMatrix Block, double? AveragePrecision, double? AucRoc)
{
    /// <summary>Judges payments that have labels.</summary>
    /// <param name="payments">In any order; none gives counts of 0 and no figure.</param>
    /// <exception cref="ArgumentException">A score is NaN.</exception>
    public static DecisionQuality Of(IReadOnlyCollection<JudgedPayment> payments)
    {
        ArgumentNullException.ThrowIfNull(payments);
        var scores = payments.Select(payment => payment.Score).ToArray();
        var labels = payments.Select(payment => payment.IsFraud).ToArray();
        return new(
            Count(payments, Decision.Review), Count(payments, Decision.Block), Ranking.AveragePrecision(scores, labels), Ranking.AucRoc(scores, labels));
    }

    private static ConfusionMatrix Count(IEnumerable<JudgedPayment> payments, Decision least)
    {
        long truePositives = 0, falsePositives = 0, trueNegatives = 0, falseNegatives = 0;
        foreach (var payment in payments)
        {
            switch (payment.Decision >= least, payment.IsFraud)
            {
                case (true, true): truePositives++; break;
                case (true, false): falsePositives++; break;
                case (false, false): trueNegatives++; break;
                case (false, true): falseNegatives++; break;
            }
        }

        return new(truePositives, falsePositives, trueNegatives, falseNegatives);
    }
}
