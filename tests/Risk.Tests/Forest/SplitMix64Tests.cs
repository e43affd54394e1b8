using Payments.Risk.Forest;

namespace Payments.Risk.Tests.Forest;

public sealed class SplitMix64Tests
{
    [Fact]
    public void The_numbers_are_those_of_the_reference_implementation()
    {
        var random = new SplitMix64(1234567);

        Assert.Equal(
            [6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL, 16408922859458223821UL],
            Enumerable.Range(0, 5).Select(_ => random.Next()).ToArray());
    }

    [Fact]
    public void Bounded_numbers_fill_their_range_and_nothing_else()
    {
        var random = new SplitMix64(1);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
        {
            counts[random.NextBelow(7)]++;
        }

        // Six standard deviations of a binomial count: 6 * sqrt(70000 * 1/7 * 6/7).
        Assert.All(counts, count => Assert.InRange(count, 9_445, 10_555));
    }

    [Fact]
    public void Units_are_at_least_zero_and_below_one()
    {
        var random = new SplitMix64(2);
        var units = Enumerable.Range(0, 100_000).Select(_ => random.NextUnit()).ToArray();

        Assert.All(units, unit => Assert.True(unit is >= 0 and < 1));
        Assert.Equal(0.5, units.Average(), 0.006);
    }

    [Fact]
    public void Streams_of_one_seed_and_equal_streams_of_neighbouring_seeds_differ()
    {
        var first = Enumerable.Range(0, 1_000).Select(stream => SplitMix64.Stream(1, stream).Next());
        var second = Enumerable.Range(0, 1_000).Select(stream => SplitMix64.Stream(2, stream).Next());

        Assert.Equal(2_000, first.Concat(second).Distinct().Count());
    }
}
