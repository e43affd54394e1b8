namespace Payments.Risk.Forest;

/// <summary>
/// Grows isolation trees (Liu, Ting, Zhou 2008, algorithm 2): a feature drawn uniformly among those that vary in the node, a threshold
/// drawn uniformly between the feature's least and greatest value there. Keeps its buffers from tree to tree, so one per thread.
/// </summary>
internal sealed class IsolationTreeGrower
{
    private readonly FeatureMatrix _data;
    private readonly int _heightLimit;
    private readonly double[] _averagePathLengths;
    private readonly HashSet<int> _drawn;
    private readonly int[] _sample;
    private readonly double[] _values;
    private readonly int[] _features;

    public IsolationTreeGrower(FeatureMatrix data, int sampleSize, double[] averagePathLengths)
    {
        _data = data;
        _heightLimit = PathLength.HeightLimit(sampleSize);
        _averagePathLengths = averagePathLengths;
        _drawn = new HashSet<int>(sampleSize);
        _sample = new int[sampleSize];
        _values = new double[sampleSize];
        _features = new int[data.Features];
    }

    public IsolationTree Grow(SplitMix64 random)
    {
        DrawSample(ref random);
        for (var feature = 0; feature < _features.Length; feature++)
        {
            _features[feature] = feature;
        }

        var builder = new IsolationTreeBuilder(_averagePathLengths);
        Grow(builder, node: 0, depth: 0, _data.Values, _sample, _features.Length, ref random);
        return builder.ToTree();
    }

    /// <summary>
    /// Draws rows without replacement by Floyd's algorithm (Bentley, Floyd: Programming Pearls, CACM 1987), as where each begins in the data.
    /// The order of the drawn rows is of no account to a tree.
    /// </summary>
    private void DrawSample(ref SplitMix64 random)
    {
        _drawn.Clear();
        for (var i = 0; i < _sample.Length; i++)
        {
            var last = _data.Rows - _sample.Length + i;
            var row = random.NextBelow(last + 1);
            if (!_drawn.Add(row))
            {
                _drawn.Add(row = last);
            }

            _sample[i] = row * _data.Features;
        }
    }

    /// <summary>
    /// Grows what is below a node from its <paramref name="rows"/> of the sample, which change their order. The first <paramref name="varying"/>
    /// features of the list may vary here; what is constant in a node is so below it and stays behind them.
    /// </summary>
    private void Grow(
        IsolationTreeBuilder builder, int node, int depth, ReadOnlySpan<double> data, Span<int> rows, int varying, ref SplitMix64 random)
    {
        if (depth < _heightLimit && rows.Length > 1)
        {
            while (varying > 0)
            {
                var drawn = random.NextBelow(varying);
                var feature = _features[drawn];
                // A node asks for few of the features: each is fetched when it is asked for. Below the node the room is free again.
                var values = _values.AsSpan(0, rows.Length);
                var (least, greatest) = Fetch(data[feature..], rows, values);
                if (least < greatest)
                {
                    var threshold = DrawThreshold(least, greatest, ref random);
                    var onTheLeft = Partition(values, rows, threshold);
                    var left = builder.Split(node, feature, threshold);
                    Grow(builder, left, depth + 1, data, rows[..onTheLeft], varying, ref random);
                    Grow(builder, left + 1, depth + 1, data, rows[onTheLeft..], varying, ref random);
                    builder.Close(node);
                    return;
                }

                varying--;
                (_features[drawn], _features[varying]) = (_features[varying], feature);
            }
        }

        builder.Leaf(node, depth, rows.Length);
    }

    /// <summary>Copies the rows' values of a feature and finds the least and the greatest, missing ones aside; infinities count as the greatest finite numbers.</summary>
    private static (double Least, double Greatest) Fetch(ReadOnlySpan<double> feature, ReadOnlySpan<int> rows, Span<double> values)
    {
        var least = double.PositiveInfinity;
        var greatest = double.NegativeInfinity;
        for (var i = 0; i < rows.Length; i++)
        {
            var value = feature[rows[i]];
            values[i] = value;
            if (value < least)
            {
                least = value;
            }

            if (value > greatest)
            {
                greatest = value;
            }
        }

        return (Math.Max(least, double.MinValue), Math.Min(greatest, double.MaxValue));
    }

    /// <summary>Uniform in [least, greatest), so that both sides get rows however the sum is rounded.</summary>
    private static double DrawThreshold(double least, double greatest, ref SplitMix64 random)
    {
        var unit = random.NextUnit();
        // Two products, because the difference of two extreme numbers overflows.
        var threshold = (1 - unit) * least + unit * greatest;
        return threshold >= least && threshold < greatest ? threshold : least;
    }

    /// <summary>Moves the rows that go left to the front; missing values go with the larger part, to the left in a draw.</summary>
    /// <returns>How many go left.</returns>
    private static int Partition(ReadOnlySpan<double> values, Span<int> rows, double threshold)
    {
        var balance = 0;
        foreach (var value in values)
        {
            balance += value > threshold ? 1 : value <= threshold ? -1 : 0;
        }

        var onTheLeft = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            if (values[i] <= threshold || (double.IsNaN(values[i]) && balance <= 0))
            {
                (rows[onTheLeft], rows[i]) = (rows[i], rows[onTheLeft]);
                onTheLeft++;
            }
        }

        return onTheLeft;
    }
}
