using Payments.Risk.Forest;

namespace Payments.Risk.Tests.Forest;

public sealed class IsolationTreeTests
{
    // Of five rows, one has feature 0 over 10; of the other four, one has feature 1 over -1 and three do not.
    private static readonly IsolationTree Tree = Build();

    [Theory]
    [InlineData(11, 0, 1)] // depth 1, alone
    [InlineData(10, 0, 2)] // the threshold itself goes left; then depth 2, alone
    [InlineData(-5, -2, 3.2073923575896)] // depth 2 and c(3)
    [InlineData(double.PositiveInfinity, 0, 1)]
    [InlineData(double.NegativeInfinity, -1, 3.2073923575896)]
    public void A_path_is_as_long_as_its_edges_and_what_its_leaf_stands_for(double first, double second, double expected) =>
        Assert.Equal(expected, Tree.PathLength([first, second]), 1e-9);

    [Theory]
    [InlineData(11, 0)]
    [InlineData(10, 0)]
    [InlineData(10, -1)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity)]
    public void Several_walks_at_once_end_where_single_ones_do(double first, double second)
    {
        var builder = new IsolationTreeBuilder(PathLength.AverageTable(5));
        builder.Leaf(0, depth: 0, size: 5);
        var flat = builder.ToTree();
        double[] row = [first, second];
        double[] far = [0, -7];
        var sums = new[] { 1.0, 1, 1, 1, 1 };

        Tree.AddPathLengths([.. row, .. far, .. row, .. far, .. row], features: 2, isSided: false, sums);

        var (near, away) = (1 + Tree.PathLength(row), 1 + Tree.PathLength(far));
        Assert.Equal([near, away, near, away, near], sums);
        Assert.Equal(
            1 + flat.PathLength(row) + Tree.PathLength(row) + flat.PathLength(row) + Tree.PathLength(row),
            IsolationTree.AddPathLengths([flat, Tree, flat, Tree], row, isSided: false, 1));
    }

    [Theory]
    [InlineData(double.NaN, 0, 2)] // four of five rows are on the left
    [InlineData(0, double.NaN, 3.2073923575896)] // three of four rows are on the left
    [InlineData(double.NaN, double.NaN, 3.2073923575896)]
    public void A_missing_value_goes_with_the_larger_part_of_the_sample(double first, double second, double expected)
    {
        Assert.Equal(expected, Tree.PathLength([first, second]), 1e-9);
        Assert.Equal(Tree.PathLength([first, second]), SidedPathLength(Tree, first, second));
    }

    [Fact]
    public void A_missing_value_goes_right_where_the_larger_part_is_there()
    {
        var builder = new IsolationTreeBuilder(PathLength.AverageTable(3));
        var left = builder.Split(0, feature: 0, threshold: 0);
        builder.Leaf(left, depth: 1, size: 1);
        builder.Leaf(left + 1, depth: 1, size: 2);
        builder.Close(0);

        Assert.Equal(2, builder.ToTree().PathLength([double.NaN]));
        Assert.Equal(2, SidedPathLength(builder.ToTree(), double.NaN));
    }

    [Fact]
    public void The_mean_path_length_is_the_samples()
    {
        // One row of path length 1, one of 2, three of 2 + c(3).
        Assert.Equal((1 + 2 + 3 * 3.2073923575896) / 5, Tree.MeanPathLength, 1e-9);
    }

    [Fact]
    public void Each_split_is_credited_with_what_it_takes_off_the_expected_path()
    {
        var shortened = new double[2];

        var path = Tree.Attribute([0, 0], shortened);

        // The expected path length goes from (1 + 2 + 3 * 3.2074) / 5 at the root to (2 + 3 * 3.2074) / 4 on the left, then to 2.
        Assert.Equal(2, path);
        Assert.Equal(2.5244354145538 - 2.9055442681922, shortened[0], 1e-9);
        Assert.Equal(2.9055442681922 - 2, shortened[1], 1e-9);
    }

    private static double SidedPathLength(IsolationTree tree, params double[] row)
    {
        var sided = new double[2 * row.Length];
        IsolationTree.TakeSides(row, sided);
        var sums = new double[1];
        tree.AddPathLengths(sided, sided.Length, isSided: true, sums);
        return sums[0];
    }

    private static IsolationTree Build()
    {
        var builder = new IsolationTreeBuilder(PathLength.AverageTable(5));
        var outer = builder.Split(0, feature: 0, threshold: 10);
        var inner = builder.Split(outer, feature: 1, threshold: -1);
        builder.Leaf(inner, depth: 2, size: 3);
        builder.Leaf(inner + 1, depth: 2, size: 1);
        builder.Close(outer);
        builder.Leaf(outer + 1, depth: 1, size: 1);
        builder.Close(0);
        return builder.ToTree();
    }
}
