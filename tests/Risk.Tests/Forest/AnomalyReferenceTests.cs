using System.Globalization;
using Payments.Risk.Evaluation;
using Payments.Risk.Forest;

namespace Payments.Risk.Tests.Forest;

public sealed class AnomalyReferenceTests
{
    /// <summary>
    /// scikit-learn's mean and standard deviation over seeds 0-9 (100 trees, 256 samples, fitted and scored on the whole set), and how far
    /// below it ours may be.
    /// </summary>
    [SkippableTheory]
    [InlineData("breastw", .9873, .0014)]
    [InlineData("mammography", .8615, .0075)]
    [InlineData("pima", .6707, .0074)]
    [InlineData("thyroid", .9781, .0040)]
    public void The_mean_AUC_is_at_most_one_and_a_half_deviations_below_the_reference(string set, double reference, double deviation)
    {
        var lines = File.ReadLines(SharedData.File("anomaly", $"{set}.csv")).Skip(1)
            .Select(line => line.Split(',').Select(value => double.Parse(value, CultureInfo.InvariantCulture)).ToArray())
            .ToArray();
        var rows = new FeatureMatrix(lines.SelectMany(line => line[..^1]).ToArray(), lines[0].Length - 1);
        var labels = lines.Select(line => line[^1] == 1).ToArray();

        var mean = Enumerable.Range(0, 10)
            .Average(seed => Ranking.AucRoc(IsolationForest.Fit(rows, new() { Seed = (ulong)seed }).Score(rows), labels));

        Assert.True(mean >= reference - 1.5 * deviation, $"{set}: {mean}");
    }
}
