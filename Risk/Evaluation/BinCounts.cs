namespace Payments.Risk.Evaluation;

/// <summary>Counts values into the bins of a reference distribution as they come by: millions of them, and only the counts are kept.</summary>
public sealed class BinCounts
{
    private readonly double[] _upperEnds;
    private readonly long[] _counts;

    /// <summary>Begins with no value.</summary>
    /// <param name="reference">What the values are held against.</param>
    public BinCounts(ReferenceDistribution reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        Reference = reference;
        _upperEnds = [.. reference.Edges];
        _counts = new long[reference.Shares.Count];
    }

    /// <summary>What the values are held against.</summary>
    public ReferenceDistribution Reference { get; }

    /// <summary>How many values were counted, the missing ones too.</summary>
    public long Count { get; private set; }

    /// <summary>Counts a value.</summary>
    /// <param name="value">NaN is a missing value: a bin of its own.</param>
    public void Add(double value)
    {
        Count++;
        if (double.IsNaN(value))
        {
            _counts[^1]++;
            return;
        }

        var found = Array.BinarySearch(_upperEnds, value);
        _counts[found >= 0 ? found : ~found]++;
    }

    /// <summary>The part of the values in each bin, and last the part that was missing.</summary>
    /// <exception cref="InvalidOperationException">No value was counted.</exception>
    public IReadOnlyList<double> Shares => Count > 0
        ? [.. _counts.Select(count => (double)count / Count)]
        : throw new InvalidOperationException("A distribution needs at least one value.");

    /// <summary>The population stability index of the values: <see cref="ReferenceDistribution.StabilityIndexOfShares"/>.</summary>
    /// <returns>0 and more, or null without a value.</returns>
    public double? StabilityIndex => Count > 0 ? Reference.StabilityIndexOfShares(Shares) : null;
}
