using System.Buffers;

namespace Payments.Risk.Forest;

/// <summary>
/// Isolation Forest (Liu, Ting, Zhou: Isolation Forest, ICDM 2008): rows that few random splits tell from the rest are anomalies. Needs
/// no labels. Immutable, and safe to use from many threads.
/// </summary>
/// <remarks>
/// <para>
/// The score of a row is <c>s = 2^(-E[h] / c(ψ))</c> (the paper's equation 2), in (0, 1): E[h] is its mean path length over the trees, ψ the
/// sample size, c(ψ) the average path length of a binary search tree. Near 1 is an anomaly, well below 0.5 is normal, and 0.5 is
/// what a forest says that has nothing to go by: fitted on no row, on one, or on equal ones.
/// </para>
/// <para>
/// A missing value (NaN) goes, at each split on its feature, with the larger part of the sample that has a value: missing is
/// unremarkable by itself. Who wants it to count adds a feature that says so. Constant features are never split on, so they change nothing.
/// </para>
/// </remarks>
public sealed class IsolationForest
{
    // A block's rows and sums stay in the processor's cache from tree to tree, and a tree's nodes from row to row.
    private const int BlockValues = 16 * 1024;
    private const int LeastBlockRows = 64;
    private const int MostBlockRows = 1024;
    private const int MostOnStack = 128;

    private readonly IsolationTree[] _trees;
    private readonly double _averagePathLength;

    internal IsolationForest(IsolationTree[] trees, int features, int subsampleSize, double averagePathLength)
    {
        _trees = trees;
        _averagePathLength = averagePathLength;
        Features = features;
        SubsampleSize = subsampleSize;
        BaselineScore = ToScore(trees.Sum(tree => tree.MeanPathLength));
    }

    /// <summary>The number of features of the rows that the forest was fitted on.</summary>
    public int Features { get; }

    /// <summary>The number of trees.</summary>
    public int Trees => _trees.Length;

    /// <summary>The rows that each tree was grown from (ψ): the option's, or all rows where there were fewer.</summary>
    public int SubsampleSize { get; }

    /// <summary>The score of a row of average path length: where the contributions of <see cref="Explain"/> start.</summary>
    public double BaselineScore { get; }

    internal ReadOnlySpan<IsolationTree> AllTrees => _trees;

    /// <summary>Fits a forest. Takes milliseconds, whatever the number of rows.</summary>
    /// <param name="rows">The rows to learn from, none and one included.</param>
    /// <param name="options">Seed and sizes.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static IsolationForest Fit(FeatureMatrix rows, IsolationForestOptions options)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        CheckRange(options.Trees, 1, IsolationForestFormat.MaxTrees, nameof(options.Trees));
        CheckRange(options.SubsampleSize, 2, IsolationForestFormat.MaxSubsampleSize, nameof(options.SubsampleSize));

        var sampleSize = Math.Min(options.SubsampleSize, rows.Rows);
        var averages = PathLength.AverageTable(sampleSize);
        var trees = new IsolationTree[options.Trees];
        Parallel.For(
            0,
            trees.Length,
            new ParallelOptions { MaxDegreeOfParallelism = options.MaxDegreeOfParallelism },
            () => new IsolationTreeGrower(rows, sampleSize, averages),
            (tree, _, grower) =>
            {
                trees[tree] = grower.Grow(SplitMix64.Stream(options.Seed, tree));
                return grower;
            },
            _ => { });
        return new IsolationForest(trees, rows.Features, sampleSize, averages[sampleSize]);
    }

    /// <summary>The score of one row, in (0, 1), higher for anomalies. Takes microseconds, on the calling thread.</summary>
    /// <param name="row">As many features as the forest was fitted on; NaN is a missing value.</param>
    /// <exception cref="ArgumentException">The number of features is another.</exception>
    public double Score(ReadOnlySpan<double> row)
    {
        CheckFeatures(row.Length, nameof(row));
        if (!HasMissing(row)) return ScoreComplete(row, isSided: false);
        Span<double> sided = Features <= MostOnStack ? stackalloc double[2 * Features] : new double[2 * Features];
        IsolationTree.TakeSides(row, sided);
        return ScoreComplete(sided, isSided: true);
    }

    /// <summary>The scores of many rows, the same to the last bit as row by row, in parallel where it pays.</summary>
    /// <param name="rows">Rows of as many features as the forest was fitted on; NaN is a missing value.</param>
    /// <param name="maxDegreeOfParallelism">Threads to score with at the most; -1 leaves it to the runtime.</param>
    /// <exception cref="ArgumentException">The number of features is another.</exception>
    public double[] Score(FeatureMatrix rows, int maxDegreeOfParallelism = -1)
    {
        ArgumentNullException.ThrowIfNull(rows);
        CheckFeatures(rows.Features, nameof(rows));
        var scores = new double[rows.Rows];
        var blockRows = BlockRows;
        var blocks = (scores.Length + blockRows - 1) / blockRows;
        Parallel.For(0, blocks, new ParallelOptions { MaxDegreeOfParallelism = maxDegreeOfParallelism }, block =>
        {
            var first = block * blockRows;
            var count = Math.Min(blockRows, scores.Length - first);
            ScoreBlock(rows.Slice(first, count), scores.AsSpan(first, count));
        });
        return scores;
    }

    /// <summary>
    /// What each feature did to a row's score. Contributions are in powers of two and add up:
    /// <c>log2(score) = log2(BaselineScore) + Σ contributions</c>, so +0.1 multiplied the score by 2^0.1 and a negative one lowered it.
    /// </summary>
    /// <remarks>
    /// Each split on the row's path changes the expected path length of the sample's rows below it; the change, over c(ψ) and averaged over
    /// the trees, is the split feature's (the path decomposition of Saabas 2014, applied to path lengths). It costs little more than the score.
    /// Unlike Shapley values it credits the later of two splits that work together only.
    /// </remarks>
    /// <param name="row">As many features as the forest was fitted on; NaN is a missing value.</param>
    /// <param name="contributions">Receives one contribution a feature.</param>
    /// <returns>The score, the same as <see cref="Score(ReadOnlySpan{double})"/>.</returns>
    /// <exception cref="ArgumentException">The number of features or of contributions is another.</exception>
    public double Explain(ReadOnlySpan<double> row, Span<double> contributions)
    {
        CheckFeatures(row.Length, nameof(row));
        CheckFeatures(contributions.Length, nameof(contributions));
        contributions.Clear();
        var sum = 0.0;
        foreach (var tree in _trees)
        {
            sum += tree.Attribute(row, contributions);
        }

        // Where c(ψ) is 0 no tree has a split, and nothing was added.
        var scale = _averagePathLength > 0 ? 1 / (_trees.Length * _averagePathLength) : 0;
        foreach (ref var contribution in contributions)
        {
            contribution *= scale;
        }

        return ToScore(sum);
    }

    /// <summary>The forest as bytes, to be read by <see cref="Read"/>: compact, versioned, the same on every platform.</summary>
    public byte[] ToBytes() => IsolationForestFormat.Write(this);

    /// <summary>Reads what <see cref="ToBytes"/> wrote; the forest gives the same scores to the last bit.</summary>
    /// <param name="bytes">The whole of what was written.</param>
    /// <exception cref="InvalidDataException">Not a forest, one of a later version, cut, or damaged; the message says which.</exception>
    public static IsolationForest Read(ReadOnlySpan<byte> bytes) => IsolationForestFormat.Read(bytes);

    private int BlockRows => Math.Clamp(BlockValues / Features, LeastBlockRows, MostBlockRows);

    /// <summary>The scores of rows that lie one after the other, the same to the last bit as row by row, on the calling thread.</summary>
    internal void Score(ReadOnlySpan<double> rows, Span<double> scores)
    {
        for (var (first, block) = (0, BlockRows); first < scores.Length; first += block)
        {
            var count = Math.Min(block, scores.Length - first);
            ScoreBlock(rows.Slice(first * Features, count * Features), scores.Slice(first, count));
        }
    }

    private double ScoreComplete(ReadOnlySpan<double> row, bool isSided)
    {
        var sum = 0.0;
        var next = 0;
        for (; next <= _trees.Length - IsolationTree.WalksAtOnce; next += IsolationTree.WalksAtOnce)
        {
            sum = IsolationTree.AddPathLengths(_trees.AsSpan(next, IsolationTree.WalksAtOnce), row, isSided, sum);
        }

        for (; next < _trees.Length; next++) _trees[next].AddPathLengths(row, row.Length, isSided, new(ref sum));
        return ToScore(sum);
    }

    private void ScoreBlock(ReadOnlySpan<double> rows, Span<double> scores)
    {
        scores.Clear();
        if (!HasMissing(rows))
        {
            AddPathLengths(rows, Features, isSided: false, scores);
            return;
        }

        var sided = ArrayPool<double>.Shared.Rent(2 * rows.Length);
        IsolationTree.TakeSides(rows, sided);
        AddPathLengths(sided.AsSpan(0, 2 * rows.Length), 2 * Features, isSided: true, scores);
        ArrayPool<double>.Shared.Return(sided);
    }

    private void AddPathLengths(ReadOnlySpan<double> rows, int width, bool isSided, Span<double> scores)
    {
        foreach (var tree in _trees) tree.AddPathLengths(rows, width, isSided, scores);
        foreach (ref var score in scores) score = ToScore(score);
    }

    private static bool HasMissing(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
        {
            if (double.IsNaN(value))
            {
                return true;
            }
        }

        return false;
    }

    private double ToScore(double sumOfPathLengths) =>
        _averagePathLength > 0 ? Math.Pow(2, -sumOfPathLengths / (_trees.Length * _averagePathLength)) : 0.5;

    private void CheckFeatures(int count, string parameter)
    {
        if (count != Features)
        {
            throw new ArgumentException($"The forest was fitted on {Features} features, not on {count}.", parameter);
        }
    }

    private static void CheckRange(int value, int least, int greatest, string option)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least, option);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, greatest, option);
    }
}
