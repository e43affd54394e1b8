namespace Payments.Risk.Models;

/// <summary>
/// Trains a model on payments whose labels are known. The last days are held out first: trees of the days before are asked about them, and what they say, with
/// forest and rules, is weighed and calibrated there; then the trees are grown anew from all days.
/// </summary>
public static class ModelTrainer
{
    /// <summary>Trains.</summary>
    /// <param name="payments">Of a time that is over, in any order; at least one.</param>
    /// <param name="options">How.</param>
    /// <returns>A model; without a supervised part where there were too few frauds.</returns>
    public static ScoringModel Train(IReadOnlyList<TrainingPayment> payments, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(payments);
        ArgumentNullException.ThrowIfNull(options);
        if (payments.Count == 0) throw new ArgumentException("There is nothing to learn from.", nameof(payments));
        TrainingPayment[] ordered = [.. payments.OrderBy(payment => payment.Instant)];
        ReadOnlyMemory<double>[] features = [.. ordered.Select(payment => payment.Features)];
        var anomaly = AnomalyModel.Fit(FeatureSet.ForAnomalies, features, new() { Trees = options.ForestTrees, Seed = options.ForestSeed });
        return new(anomaly, Learn(ordered, anomaly, options), ScoringModel.MediansOf(features));
    }

    private static FraudModel? Learn(TrainingPayment[] ordered, AnomalyModel anomaly, TrainingOptions options)
    {
        var days = ordered.Select(payment => payment.Instant.Date).Distinct().ToArray();
        if (days.Length < 2) return null;
        var firstHeldOut = days[Math.Clamp((int)Math.Round(days.Length * (1 - options.HeldOut)), 1, days.Length - 1)];
        TrainingPayment[] earlier = [.. ordered.Where(payment => payment.Instant < firstHeldOut)];
        TrainingPayment[] later = [.. ordered.Where(payment => payment.Instant >= firstHeldOut)];
        var (frauds, heldOut) = (ordered.Count(payment => payment.IsFraud), later.Count(payment => payment.IsFraud));
        if (frauds < options.LeastFrauds || heldOut < options.LeastFrauds / 5 || frauds - heldOut < options.LeastFrauds / 5 || heldOut == later.Length) return null;

        var set = FeatureSet.ForFraud;
        var missing = Missing(set, ordered);
        var before = Grow(set, missing, earlier, options.Boosting);
        (double, double, double)[] evidence = [.. later.Select(payment => (
            before.Sum(Row(set, missing, payment)),
            EvidenceStack.OfShare(anomaly.ShareBelow(anomaly.Score(payment.Features.Span))),
            payment.RulePoints))];
        bool[] isFraud = [.. later.Select(payment => payment.IsFraud)];
        var stack = EvidenceStack.Fit(evidence, isFraud);
        stack = stack with { Intercept = stack.Intercept + Math.Log(options.LegitimateShare) };
        double[] probabilities = [.. evidence.Select(payment => EvidenceStack.Probability(stack.LogOdds(payment.Item1, payment.Item2, payment.Item3)))];
        return new(set, missing, Grow(set, missing, ordered, options.Boosting), stack, ScoreScale.Fit(probabilities, isFraud, options.LegitimateShare));
    }

    private static TreeEnsemble Grow(FeatureSet set, float[] missing, TrainingPayment[] payments, BoostingOptions options) => BoostedTrees.Grow(
        [.. payments.Select(payment => Row(set, missing, payment))], [.. payments.Select(payment => payment.IsFraud)], options);

    private static float[] Row(FeatureSet set, float[] missing, TrainingPayment payment)
    {
        var row = new float[set.Count];
        set.Take(payment.Features.Span, missing, row);
        return row;
    }

    private static float[] Missing(FeatureSet set, TrainingPayment[] payments)
    {
        var missing = new float[set.Count];
        for (var i = 0; i < missing.Length; i++)
        {
            var place = set.Places[i];
            var least = payments.Select(payment => payment.Features.Span[place]).Where(value => !double.IsNaN(value)).DefaultIfEmpty(0).Min();
            missing[i] = (float)least - 1;
        }

        return missing;
    }
}
