namespace Payments.Risk.Models;

/// <summary>
/// Turns a probability of fraud into a score: 70 where payments at or above it are frauds with one stated precision, 90 with a higher one, and straight lines
/// between 0, 70, 90 and 100. Rises strictly, so that ranking stays.
/// </summary>
/// <param name="At70">The probability that scores 70.</param>
/// <param name="At90">The probability that scores 90.</param>
/// <param name="Precision70">What share of the held-out payments from 70 upward were frauds; null where too few frauds were held out to say.</param>
/// <param name="Precision90">Likewise from 90 upward.</param>
public sealed record ScoreScale(double At70, double At90, double? Precision70, double? Precision90)
{
    /// <summary>The precision that 70 is to mean.</summary>
    public const double Target70 = 0.5;

    /// <summary>The precision that 90 is to mean.</summary>
    public const double Target90 = 0.8;

    // A cut above fewer payments says nothing.
    private const int LeastAbove = 20;

    /// <summary>The score of a probability.</summary>
    public double ScoreOf(double probability) => probability switch
    {
        _ when probability < At70 => 70 * probability / At70,
        _ when probability < At90 => 70 + 20 * (probability - At70) / (At90 - At70),
        _ => 90 + 10 * (probability - At90) / (1 - At90),
    };

    /// <summary>Finds the cuts on held-out payments: the lowest from which on the precision is reached. Where it never is, the calibrated probability itself stands in.</summary>
    /// <param name="probabilities">One a payment.</param>
    /// <param name="isFraud">Whether each is a fraud.</param>
    /// <param name="legitimateShare">The share of the legitimate payments that is among them.</param>
    public static ScoreScale Fit(IReadOnlyList<double> probabilities, IReadOnlyList<bool> isFraud, double legitimateShare = 1)
    {
        var order = Enumerable.Range(0, probabilities.Count).OrderByDescending(i => probabilities[i]).ToArray();
        var (lower, precisionLower) = Cut(order, probabilities, isFraud, legitimateShare, Target70);
        var (upper, precisionUpper) = Cut(order, probabilities, isFraud, legitimateShare, Target90);
        var at90 = Math.Clamp(upper ?? Target90, 1e-6, 1 - 1e-6);
        var at70 = Math.Clamp(lower ?? Target70, at90 / 1e3, at90 * 0.999);
        return new(at70, at90, precisionLower, precisionUpper);
    }

    private static (double? Probability, double? Precision) Cut(int[] order, IReadOnlyList<double> probabilities, IReadOnlyList<bool> isFraud, double legitimateShare, double target)
    {
        var frauds = 0;
        (double? Probability, double? Precision) lowest = (null, null);
        for (var i = 0; i < order.Length; i++)
        {
            if (isFraud[order[i]]) frauds++;
            var isLastOfEquals = i + 1 == order.Length || probabilities[order[i + 1]] < probabilities[order[i]];
            var precision = frauds / (frauds + (i + 1 - frauds) / legitimateShare);
            if (isLastOfEquals && i + 1 >= LeastAbove && precision >= target) lowest = (probabilities[order[i]], precision);
        }

        return lowest;
    }
}
