using Payments.Risk.Forest;

namespace Payments.Risk.Tests.Forest;

public sealed class PathLengthTests
{
    // c(n) = 2 (ln(n - 1) + 0.5772156649) - 2 (n - 1) / n, worked out by hand.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 1.2073923575896)] // 2 (0.6931471806 + 0.5772156649) - 4/3
    [InlineData(4, 1.8516559071392)] // 2 (1.0986122887 + 0.5772156649) - 6/4
    [InlineData(5, 2.3270200520428)] // 2 (1.3862943611 + 0.5772156649) - 8/5
    [InlineData(256, 10.2447709210)] // 2 (5.5412635452 + 0.5772156649) - 510/256
    public void The_average_path_length_is_the_papers(int n, double expected) =>
        Assert.Equal(expected, PathLength.AverageTable(n)[n], 1e-9);

    [Fact]
    public void The_average_path_length_approaches_the_one_with_exact_harmonic_numbers()
    {
        const int n = 100_000;
        var harmonic = Enumerable.Range(1, n - 1).Sum(i => 1.0 / i);

        // H(i) = ln(i) + γ + 1/(2i) - …
        Assert.Equal(2 * harmonic - 2.0 * (n - 1) / n, PathLength.AverageTable(n)[n], 2e-5);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    [InlineData(5, 3)]
    [InlineData(255, 8)]
    [InlineData(256, 8)]
    [InlineData(257, 9)]
    public void The_height_limit_is_the_logarithm_rounded_up(int n, int expected) => Assert.Equal(expected, PathLength.HeightLimit(n));
}
