using Payments.Risk.Evaluation;

namespace Payments.Risk.Tests.Evaluation;

public sealed class ReferenceDistributionTests
{
    private static readonly double[] OneToHundred = [.. Enumerable.Range(1, 100).Select(i => (double)i)];

    [Fact]
    public void Bins_are_of_equal_frequency_and_missing_values_one_of_their_own()
    {
        var reference = ReferenceDistribution.Of([4, 3, 2, 1, double.NaN], bins: 4);

        Assert.Equal([1, 2, 3], reference.Edges);
        Assert.Equal([.2, .2, .2, .2, .2], reference.Shares);
    }

    [Fact]
    public void Ten_bins_of_a_hundred_values_hold_ten_each()
    {
        var reference = ReferenceDistribution.Of(OneToHundred);

        Assert.Equal([10, 20, 30, 40, 50, 60, 70, 80, 90], reference.Edges);
        Assert.Equal([.1, .1, .1, .1, .1, .1, .1, .1, .1, .1, 0], reference.Shares);
    }

    [Fact]
    public void Equal_quantiles_share_one_edge()
    {
        var reference = ReferenceDistribution.Of([0, 0, 0, 0, 0, 0, 0, 1, 2, 3], bins: 5);

        Assert.Equal([0, 1], reference.Edges);
        Assert.Equal([.7, .1, .2, 0], reference.Shares);
    }

    [Fact]
    public void A_constant_has_one_bin()
    {
        var reference = ReferenceDistribution.Of([5, 5, 5]);

        Assert.Empty(reference.Edges);
        Assert.Equal([1, 0], reference.Shares);
    }

    [Fact]
    public void The_same_distribution_is_perfectly_stable() =>
        Assert.Equal(0, ReferenceDistribution.Of(OneToHundred).StabilityIndex(OneToHundred));

    [Fact]
    public void The_index_sums_difference_times_log_ratio()
    {
        // Expected halves, actual quarters: (.75 - .5) ln(.75 / .5) + (.25 - .5) ln(.25 / .5) = .25 ln 1.5 + .25 ln 2 = .25 ln 3.
        var reference = ReferenceDistribution.Of([1, 2], bins: 2);

        Assert.Equal(.25 * Math.Log(3), reference.StabilityIndex([0, 0, 1, 9]), 1e-15);
    }

    [Fact]
    public void An_empty_bin_counts_as_one_in_ten_thousand()
    {
        // Expected .5, .5, none missing; actual 1, 0, none missing: .5 ln 2 + (.0001 - .5) ln(.0001 / .5).
        var reference = ReferenceDistribution.Of([1, 2], bins: 2);

        Assert.Equal(.5 * Math.Log(2) + .4999 * Math.Log(5_000), reference.StabilityIndex([0, 1]), 1e-12);
    }

    [Fact]
    public void Values_that_go_missing_are_a_shift()
    {
        // Expected 1 and .0001 (none); actual .5 and .5 missing.
        var reference = ReferenceDistribution.Of([5, 5]);

        Assert.Equal(-.5 * Math.Log(.5) + .4999 * Math.Log(5_000), reference.StabilityIndex([5, double.NaN]), 1e-12);
    }

    [Fact]
    public void A_stored_distribution_gives_the_same_index()
    {
        var reference = ReferenceDistribution.Of(OneToHundred);
        var restored = new ReferenceDistribution(reference.Edges, reference.Shares);

        Assert.Equal(reference.StabilityIndex([1, 50, 99]), restored.StabilityIndex([1, 50, 99]));
    }

    [Fact]
    public void What_is_no_distribution_is_refused()
    {
        Assert.Throws<ArgumentException>(() => ReferenceDistribution.Of([]));
        Assert.Throws<ArgumentException>(() => ReferenceDistribution.Of([1]).StabilityIndex([]));
        Assert.Throws<ArgumentException>(() => new ReferenceDistribution([2, 1], [.25, .25, .25, .25]));
        Assert.Throws<ArgumentException>(() => new ReferenceDistribution([1], [.5, .5]));
        Assert.Throws<ArgumentException>(() => new ReferenceDistribution([1], [.5, .5, .5]));
    }
}
