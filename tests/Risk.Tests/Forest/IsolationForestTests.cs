using Payments.Risk.Forest;

namespace Payments.Risk.Tests.Forest;

public sealed class IsolationForestTests
{
    private static readonly IsolationForestOptions Seed7 = new() { Seed = 7 };

    [Fact]
    public void The_same_seed_gives_the_same_forest_whatever_the_parallelism()
    {
        var rows = new FeatureMatrix(Rows.Bell(3_000, 5), 5);

        var alone = IsolationForest.Fit(rows, Seed7 with { MaxDegreeOfParallelism = 1 });
        var together = IsolationForest.Fit(rows, Seed7 with { MaxDegreeOfParallelism = 8 });

        Assert.Equal(alone.ToBytes(), together.ToBytes());
        Assert.Equal(alone.Score(rows, maxDegreeOfParallelism: 1), together.Score(rows, maxDegreeOfParallelism: 8));
    }

    [Fact]
    public void Another_seed_gives_another_forest()
    {
        var rows = new FeatureMatrix(Rows.Bell(300, 2), 2);

        Assert.NotEqual(IsolationForest.Fit(rows, Seed7).ToBytes(), IsolationForest.Fit(rows, Seed7 with { Seed = 8 }).ToBytes());
    }

    [Fact]
    public void Forests_stay_the_same_from_version_to_version_and_platform_to_platform()
    {
        // The stored form ends in its own SHA-256 and holds every split. Whoever changes a draw changes what stored seeds mean.
        var bytes = IsolationForest.Fit(new FeatureMatrix(Rows.Bell(1_000, 3), 3), Seed7).ToBytes();

        Assert.Equal("8B5AB79B38CEE01B3BE3B385AF6596DC", Convert.ToHexString(bytes.AsSpan()[^32..^16]));
    }

    [Fact]
    public void Rows_far_away_score_highest()
    {
        var values = Rows.Bell(1_000, 3);
        values[3 * 500] = 10; // row 500
        var rows = new FeatureMatrix(values, 3);

        var scores = IsolationForest.Fit(rows, Seed7 with { SubsampleSize = 1_000 }).Score(rows);

        Assert.Equal(500, Array.IndexOf(scores, scores.Max()));
        Assert.True(scores[500] > 0.65, $"{scores[500]}");
        Assert.InRange(scores.Average(), 0.4, 0.5);
    }

    [Theory]
    [InlineData(4, 100, 1_303)] // blocks of 1,024 rows, the last one not a multiple of what is walked at once
    [InlineData(4, 7, 1_303)] // nor the trees
    [InlineData(300, 10, 131)] // blocks of 64 rows
    [InlineData(2, 3, 2)]
    public void Many_rows_score_as_they_do_one_by_one(int features, int trees, int count)
    {
        var values = Rows.Bell(count, features);
        var rows = new FeatureMatrix(values, features);
        var forest = IsolationForest.Fit(rows, Seed7 with { Trees = trees });
        var complete = forest.Score(rows);

        // A missing value takes its block another way.
        var holed = values.ToArray();
        holed[^1] = double.NaN;
        var holedRows = new FeatureMatrix(holed, features);
        var withMissing = forest.Score(holedRows);

        Assert.Equal(Enumerable.Range(0, count).Select(row => forest.Score(rows[row])), complete);
        Assert.Equal(Enumerable.Range(0, count).Select(row => forest.Score(holedRows[row])), withMissing);
        Assert.Equal(complete[..^1], withMissing[..^1]);
    }

    [Fact]
    public void A_score_is_two_to_the_minus_mean_path_length_over_the_average()
    {
        var rows = new FeatureMatrix(Rows.Bell(1_000, 3), 3);
        var forest = IsolationForest.Fit(rows, Seed7 with { Trees = 10 });

        for (var row = 0; row < 100; row++)
        {
            var mean = forest.AllTrees.ToArray().Average(tree => WalkedPathLength(tree, rows[row].ToArray()));

            Assert.Equal(Math.Pow(2, -mean / 10.2447709210), forest.Score(rows[row]), 1e-9); // c(256)
        }
    }

    [Fact]
    public void Scores_lie_between_zero_and_one_for_any_numbers()
    {
        double[] extremes = [0, -0.0, 1, double.MaxValue, double.MinValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN, double.Epsilon];
        var rows = new FeatureMatrix(extremes.SelectMany(first => extremes.Select(second => new[] { first, second })).SelectMany(row => row).ToArray(), 2);

        var scores = IsolationForest.Fit(rows, Seed7).Score(rows);

        Assert.All(scores, score => Assert.True(score is > 0 and < 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_forest_without_rows_to_compare_says_one_half(int rows)
    {
        var forest = IsolationForest.Fit(new FeatureMatrix(new double[rows * 2], 2), Seed7);
        var contributions = new[] { 1.0, 1.0 };

        Assert.Equal(rows, forest.SubsampleSize);
        Assert.Equal(0.5, forest.BaselineScore);
        Assert.Equal(0.5, forest.Score([3, double.NaN]));
        Assert.Equal(0.5, forest.Explain([3, double.NaN], contributions));
        Assert.Equal([0, 0], contributions);
        Assert.Equal(0.5, IsolationForest.Read(forest.ToBytes()).Score([3, 4]));
    }

    [Fact]
    public void Equal_rows_all_score_one_half()
    {
        var rows = new FeatureMatrix(Enumerable.Repeat(4.2, 600).ToArray(), 2);

        Assert.All(IsolationForest.Fit(rows, Seed7).Score(rows), score => Assert.Equal(0.5, score, 1e-12));
    }

    [Fact]
    public void Two_rows_are_told_apart_by_one_split()
    {
        var rows = new FeatureMatrix(new double[] { 1, 2 }, 1);

        // Path length 1 over c(2) = 1.
        Assert.Equal([0.5, 0.5], IsolationForest.Fit(rows, Seed7).Score(rows));
    }

    [Fact]
    public void Fewer_rows_than_the_subsample_are_all_taken()
    {
        var forest = IsolationForest.Fit(new FeatureMatrix(Rows.Bell(100, 2), 2), Seed7);

        Assert.Equal(100, forest.SubsampleSize);
        Assert.All(forest.AllTrees.ToArray(), tree => Assert.Equal(100, tree.Sizes[0]));
    }

    [Fact]
    public void The_order_of_rows_does_not_matter_where_trees_take_them_all()
    {
        var values = Rows.Bell(256, 3);
        var reversed = values.Chunk(3).Reverse().SelectMany(row => row).ToArray();

        Assert.Equal(
            IsolationForest.Fit(new FeatureMatrix(values, 3), Seed7).ToBytes(),
            IsolationForest.Fit(new FeatureMatrix(reversed, 3), Seed7).ToBytes());
    }

    [Fact]
    public void The_unit_of_a_feature_does_not_matter()
    {
        var values = Rows.Bell(1_000, 2);
        // Powers of two keep every rounding where it was.
        var rescaled = values.Select((value, i) => i % 2 == 0 ? value * 1024 : value / 64).ToArray();
        var (rows, rescaledRows) = (new FeatureMatrix(values, 2), new FeatureMatrix(rescaled, 2));

        Assert.Equal(IsolationForest.Fit(rows, Seed7).Score(rows), IsolationForest.Fit(rescaledRows, Seed7).Score(rescaledRows));
    }

    [Fact]
    public void The_order_of_features_does_not_matter_but_for_chance()
    {
        var values = Rows.Bell(200, 3);
        var options = Seed7 with { Trees = 2_000 };
        var rows = new FeatureMatrix(values, 3);
        var turned = new FeatureMatrix(Rows.Columns(values, 3, 2, 0, 1), 3);

        var scores = IsolationForest.Fit(rows, options).Score(rows).Zip(IsolationForest.Fit(turned, options).Score(turned));

        Assert.All(scores, pair => Assert.Equal(pair.First, pair.Second, 0.015));
    }

    [Fact]
    public void A_constant_or_empty_feature_changes_nothing_but_for_chance()
    {
        var values = Rows.Bell(200, 2);
        var options = Seed7 with { Trees = 2_000 };
        var rows = new FeatureMatrix(values, 2);
        var padded = new FeatureMatrix(values.Chunk(2).SelectMany(row => new[] { 5, row[0], double.NaN, row[1] }).ToArray(), 4);
        var forest = IsolationForest.Fit(padded, options);

        var scores = IsolationForest.Fit(rows, options).Score(rows).Zip(forest.Score(padded));

        Assert.All(scores, pair => Assert.Equal(pair.First, pair.Second, 0.015));
        Assert.DoesNotContain(
            forest.AllTrees.ToArray().SelectMany(tree => tree.Nodes.ToArray().Where((node, i) => !node.IsLeafAt(i))),
            node => node.Feature is 0 or 2);
    }

    [Fact]
    public void A_missing_value_is_unremarkable()
    {
        var values = Rows.Bell(2_000, 2);
        for (var row = 0; row < 2_000; row += 10)
        {
            values[2 * row] = double.NaN;
        }

        var rows = new FeatureMatrix(values, 2);
        var scores = IsolationForest.Fit(rows, Seed7).Score(rows);
        var missing = scores.Where((_, row) => row % 10 == 0).Average();
        var present = scores.Where((_, row) => row % 10 != 0).Average();

        Assert.True(missing < present, $"{missing} against {present}");
    }

    [Fact]
    public void Rows_walk_to_where_they_went_when_the_tree_grew()
    {
        var values = Rows.Bell(200, 3);
        for (var i = 0; i < values.Length; i += 7)
        {
            values[i] = double.NaN;
        }

        var rows = new FeatureMatrix(values, 3);
        foreach (var tree in IsolationForest.Fit(rows, Seed7).AllTrees)
        {
            Assert.Equal(tree.MeanPathLength, Enumerable.Range(0, 200).Average(row => tree.PathLength(rows[row])), 1e-9);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)] // every fifth row lacks a value
    public void Contributions_add_up_to_the_score_in_powers_of_two(int missing)
    {
        var values = Rows.Bell(1_000, 4);
        for (var row = 0; missing > 0 && row < 1_000; row += missing)
        {
            values[4 * row + row % 4] = double.NaN;
        }

        var rows = new FeatureMatrix(values, 4);
        var forest = IsolationForest.Fit(rows, Seed7);
        var contributions = new double[4];
        for (var row = 0; row < rows.Rows; row++)
        {
            var score = forest.Explain(rows[row], contributions);

            Assert.Equal(forest.Score(rows[row]), score);
            Assert.Equal(Math.Log2(score), Math.Log2(forest.BaselineScore) + contributions.Sum(), 1e-12);
            Assert.Contains(contributions, contribution => contribution != 0);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_feature_that_stands_out_contributes_most(int odd)
    {
        var rows = new FeatureMatrix(Rows.Bell(1_000, 3), 3);
        var row = new double[3];
        row[odd] = 6;
        var contributions = new double[3];

        IsolationForest.Fit(rows, Seed7).Explain(row, contributions);

        Assert.Equal(odd, Array.IndexOf(contributions, contributions.Max()));
        Assert.All(contributions.Where((_, feature) => feature != odd), other => Assert.True(other < contributions[odd] / 4));
    }

    [Fact]
    public void Rows_of_another_width_are_refused()
    {
        var forest = IsolationForest.Fit(new FeatureMatrix(Rows.Bell(10, 3), 3), Seed7);

        Assert.Throws<ArgumentException>(() => forest.Score(new double[2]));
        Assert.Throws<ArgumentException>(() => forest.Score(new FeatureMatrix(new double[8], 4)));
        Assert.Throws<ArgumentException>(() => forest.Explain(new double[3], new double[2]));
        Assert.Throws<ArgumentException>(() => new FeatureMatrix(new double[7], 3));
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        var rows = new FeatureMatrix(Rows.Bell(10, 3), 3);

        Assert.Equal("Trees", Assert.Throws<ArgumentOutOfRangeException>(() => IsolationForest.Fit(rows, Seed7 with { Trees = 0 })).ParamName);
        Assert.Equal("SubsampleSize", Assert.Throws<ArgumentOutOfRangeException>(() => IsolationForest.Fit(rows, Seed7 with { SubsampleSize = 1 })).ParamName);
    }

    /// <summary>The paper's algorithm 3 on the tree's nodes, step by step.</summary>
    private static double WalkedPathLength(IsolationTree tree, double[] row)
    {
        var (node, depth) = (0, 0);
        while (!tree.Nodes[node].IsLeafAt(node))
        {
            var (threshold, feature, left) = tree.Nodes[node];
            node = row[feature] > threshold ? left + 1 : left;
            depth++;
        }

        var size = tree.Sizes[node];
        return depth + (size switch
        {
            1 => 0,
            2 => 1,
            _ => 2 * (Math.Log(size - 1) + 0.5772156649015329) - 2.0 * (size - 1) / size,
        });
    }
}
