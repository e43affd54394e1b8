namespace Payments.Risk.Models;

/// <summary>
/// How trees, forest and rules weigh together: a logistic regression fitted on days that the trees have not seen, with weights of 0 and more, so that more
/// evidence never lowers the probability. With the trees alone it is Platt's calibration (1999).
/// </summary>
/// <param name="Intercept">The log-odds without any evidence.</param>
/// <param name="Trees">Log-odds a unit of the trees' value.</param>
/// <param name="Anomaly">Log-odds a unit of -ln(1 - share of less unusual payments).</param>
/// <param name="Rules">Log-odds for 100 points of rules.</param>
public sealed record EvidenceStack(double Intercept, double Trees, double Anomaly, double Rules)
{
    private const int Sweeps = 200;

    // Trees may not be lost, whatever few days say.
    private const double LeastTrees = 1e-3;

    // Unproven evidence weighs nothing: as if this many payments spoke against a weight of 1.
    private const double Doubt = 5;

    /// <summary>The evidence of an anomaly score: every halving of the payments that are more unusual counts the same.</summary>
    public static double OfShare(double share) => -Math.Log(Math.Max(1 - share, 1e-9));

    /// <summary>The log-odds of fraud.</summary>
    public double LogOdds(double trees, double anomaly, double rulePoints) => Intercept + Trees * trees + Anomaly * anomaly + Rules * rulePoints / 100;

    /// <summary>The probability of log-odds.</summary>
    public static double Probability(double logOdds) => 1 / (1 + Math.Exp(-logOdds));

    /// <summary>Fits the weights.</summary>
    /// <param name="evidence">Of each payment: the trees' value, the anomaly's evidence, the points of rules.</param>
    /// <param name="isFraud">Whether each is a fraud.</param>
    public static EvidenceStack Fit(IReadOnlyList<(double Trees, double Anomaly, double RulePoints)> evidence, IReadOnlyList<bool> isFraud)
    {
        double[] weights = [Math.Log((isFraud.Count(fraud => fraud) + 0.5) / (isFraud.Count(fraud => !fraud) + 0.5)), 1, 0, 0];
        double[] least = [double.NegativeInfinity, LeastTrees, 0, 0];
        double[] doubt = [0, 1e-6, Doubt, Doubt];
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var moved = 0.0;
            for (var place = 0; place < weights.Length; place++)
            {
                var (slope, bend) = (-doubt[place] * weights[place], doubt[place]);
                for (var i = 0; i < evidence.Count; i++)
                {
                    var (trees, anomaly, points) = evidence[i];
                    var value = place switch { 0 => 1, 1 => trees, 2 => anomaly, _ => points / 100 };
                    if (value == 0) continue;
                    var probability = Probability(weights[0] + weights[1] * trees + weights[2] * anomaly + weights[3] * points / 100);
                    slope += ((isFraud[i] ? 1 : 0) - probability) * value;
                    bend += probability * (1 - probability) * value * value;
                }

                if (bend <= 0) continue;
                // Newton's steps may overshoot where probabilities are extreme.
                var step = Math.Clamp(slope / bend, -1, 1);
                var next = Math.Max(least[place], weights[place] + step);
                moved = Math.Max(moved, Math.Abs(next - weights[place]));
                weights[place] = next;
            }

            if (moved < 1e-6) break;
        }

        return new(weights[0], weights[1], weights[2], weights[3]);
    }
}
