using Payments.Risk.Evaluation;

namespace Payments.Risk.Tests.Evaluation;

public sealed class BinCountsTests
{
    [Fact]
    public void Values_fall_into_the_bins_whose_upper_end_they_do_not_exceed()
    {
        var counts = new BinCounts(new([10, 20], [.25, .25, .5, 0]));
        foreach (var value in new[] { -5, 10, 10.5, 20, 21, 1000, double.PositiveInfinity, double.NaN })
        {
            counts.Add(value);
        }

        Assert.Equal(8, counts.Count);
        Assert.Equal([2 / 8.0, 2 / 8.0, 3 / 8.0, 1 / 8.0], counts.Shares);
    }

    [Fact]
    public void The_index_of_counted_shares_is_the_sum_by_hand()
    {
        // Expected .5, .3, .2; actual .2, .3, .5: (.2 - .5) ln(.2 / .5) + 0 + (.5 - .2) ln(.5 / .2) = .6 ln 2.5 = 0.5498.
        var counts = new BinCounts(new([1, 2], [.5, .3, .2, 0]));
        foreach (var value in new double[] { 1, 1, 2, 2, 2, 3, 3, 3, 3, 3 })
        {
            counts.Add(value);
        }

        Assert.Equal(.6 * Math.Log(2.5), counts.StabilityIndex!.Value, 1e-12);
        Assert.Equal(.5498, counts.StabilityIndex!.Value, .00005);
    }

    [Fact]
    public void Counting_and_the_values_at_once_give_the_same_index()
    {
        double[] reference = [.. Enumerable.Range(0, 1000).Select(i => Math.Sqrt(i))];
        double[] later = [.. Enumerable.Range(0, 500).Select(i => i % 7 == 0 ? double.NaN : Math.Sqrt(i) * 1.3)];
        var distribution = ReferenceDistribution.Of(reference);
        var counts = new BinCounts(distribution);
        foreach (var value in later)
        {
            counts.Add(value);
        }

        Assert.Equal(distribution.StabilityIndex(later), counts.StabilityIndex);
    }

    [Fact]
    public void Without_a_value_there_is_no_figure()
    {
        var counts = new BinCounts(new([1], [.5, .5, 0]));

        Assert.Null(counts.StabilityIndex);
        Assert.Throws<InvalidOperationException>(() => counts.Shares);
        Assert.Throws<ArgumentException>(() => counts.Reference.StabilityIndexOfShares([.5, .5]));
    }

    [Theory]
    [InlineData(0, Stability.Stable)]
    [InlineData(.0999, Stability.Stable)]
    [InlineData(.1, Stability.Moderate)]
    [InlineData(.2499, Stability.Moderate)]
    [InlineData(.25, Stability.Shifted)]
    [InlineData(7, Stability.Shifted)]
    public void A_tenth_and_a_quarter_are_the_limits(double index, Stability stability) => Assert.Equal(stability, StabilityIndexes.Read(index));
}
