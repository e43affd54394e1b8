using System.Globalization;

namespace Payments.Bench;

/// <summary>What one seed gave.</summary>
/// <param name="Auc">Area under the ROC curve.</param>
/// <param name="FitSeconds">Time of one fit.</param>
/// <param name="ScoreSeconds">Time to score the whole set.</param>
internal readonly record struct SeedFigures(double Auc, double FitSeconds, double ScoreSeconds);

/// <summary>What all seeds gave together.</summary>
/// <param name="MeanAuc">The mean AUC.</param>
/// <param name="Deviation">The sample standard deviation of the AUC; 0 for one seed.</param>
/// <param name="FitSeconds">Mean time of one fit.</param>
/// <param name="ScoreSeconds">Mean time to score the whole set.</param>
internal sealed record ForestFigures(double MeanAuc, double Deviation, double FitSeconds, double ScoreSeconds)
{
    public static ForestFigures Of(IReadOnlyList<SeedFigures> seeds)
    {
        var mean = seeds.Average(seed => seed.Auc);
        var deviation = seeds.Count > 1 ? Math.Sqrt(seeds.Sum(seed => Math.Pow(seed.Auc - mean, 2)) / (seeds.Count - 1)) : 0;
        return new(mean, deviation, seeds.Average(seed => seed.FitSeconds), seeds.Average(seed => seed.ScoreSeconds));
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"mean_auc={MeanAuc:0.0000} sd={Deviation:0.0000} fit_s={FitSeconds:0.000000} score_s={ScoreSeconds:0.000000}");
}
