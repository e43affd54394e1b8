namespace Payments.Risk.Evaluation;

/// <summary>
/// How a score or a feature was distributed when a model was fitted, in bins: small enough to be stored with the model, and what later values are
/// held against by the population stability index.
/// </summary>
public sealed class ReferenceDistribution
{
    // An empty bin would make the index infinite; this is the usual floor, one in ten thousand.
    private const double LeastShare = 0.0001;

    /// <summary>Restores a stored distribution.</summary>
    /// <param name="edges">The bins' upper ends, ascending; the last bin has none.</param>
    /// <param name="shares">The part of the values in each bin, then the part that was missing: two more than edges.</param>
    /// <exception cref="ArgumentException">The edges do not ascend, or the shares are no distribution over the bins.</exception>
    public ReferenceDistribution(IReadOnlyList<double> edges, IReadOnlyList<double> shares)
    {
        ArgumentNullException.ThrowIfNull(edges);
        ArgumentNullException.ThrowIfNull(shares);
        if (edges.Any(double.IsNaN) || edges.Zip(edges.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw new ArgumentException("The edges must ascend.", nameof(edges));
        }

        if (shares.Count != edges.Count + 2 || !shares.All(share => share is >= 0 and <= 1) || Math.Abs(shares.Sum() - 1) > 1e-6)
        {
            throw new ArgumentException($"{edges.Count} edges need {edges.Count + 2} shares that add up to 1.", nameof(shares));
        }

        Edges = edges;
        Shares = shares;
    }

    /// <summary>The bins' upper ends, ascending: bin i holds values over edge i-1 and up to edge i; the last one all values over the last edge.</summary>
    public IReadOnlyList<double> Edges { get; }

    /// <summary>The part of the values in each bin, and last the part that was missing (NaN); together 1.</summary>
    public IReadOnlyList<double> Shares { get; }

    /// <summary>Takes bins of equal frequency from values: the edges are quantiles (of equal ones, one is kept), so each is one of the values.</summary>
    /// <param name="values">At least one; NaN is a missing value.</param>
    /// <param name="bins">How many bins to aim for, at least 2; ten is the custom.</param>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static ReferenceDistribution Of(ReadOnlySpan<double> values, int bins = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 2);
        var present = Array.FindAll(values.ToArray(), value => !double.IsNaN(value));
        Array.Sort(present);
        // The smallest value with at least i / bins of the values at or below it; the greatest would leave nothing above.
        double[] edges =
        [
            .. Enumerable.Range(1, bins - 1)
                .Where(_ => present.Length > 0)
                .Select(i => present[(int)(((long)i * present.Length + bins - 1) / bins) - 1])
                .Distinct()
                .Where(edge => edge < present[^1]),
        ];
        return new ReferenceDistribution(edges, SharesOf(values, edges));
    }

    /// <summary>
    /// The population stability index of later values, <c>PSI = Σ (a - e) ln(a / e)</c> over the bins' actual and expected shares (Siddiqi: Credit Risk
    /// Scorecards, 2006; the symmetric Kullback-Leibler divergence). What it means: <see cref="Stability"/>.
    /// </summary>
    /// <param name="actual">At least one value; NaN is a missing value, and these are a bin of their own.</param>
    /// <returns>0 and more. An empty bin counts as a share of 0.0001.</returns>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public double StabilityIndex(ReadOnlySpan<double> actual) => StabilityIndexOfShares(SharesOf(actual, Edges));

    /// <summary>The population stability index of later values whose shares in the bins are known.</summary>
    /// <param name="shares">One a bin, then that of the missing values.</param>
    /// <returns>0 and more. An empty bin counts as a share of 0.0001.</returns>
    /// <exception cref="ArgumentException">They are not as many as <see cref="Shares"/>.</exception>
    public double StabilityIndexOfShares(IReadOnlyList<double> shares)
    {
        ArgumentNullException.ThrowIfNull(shares);
        if (shares.Count != Shares.Count)
        {
            throw new ArgumentException($"{Shares.Count} bins need as many shares, not {shares.Count}.", nameof(shares));
        }

        return Shares.Zip(shares, (expected, now) => (E: Math.Max(expected, LeastShare), A: Math.Max(now, LeastShare)))
            .Sum(share => (share.A - share.E) * Math.Log(share.A / share.E));
    }

    private static double[] SharesOf(ReadOnlySpan<double> values, IReadOnlyList<double> edges)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("A distribution needs at least one value.", nameof(values));
        }

        var upperEnds = edges.ToArray();
        var shares = new double[upperEnds.Length + 2];
        foreach (var value in values)
        {
            shares[double.IsNaN(value) ? ^1 : BinOf(value, upperEnds)]++;
        }

        foreach (ref var share in shares.AsSpan())
        {
            share /= values.Length;
        }

        return shares;
    }

    private static int BinOf(double value, double[] upperEnds)
    {
        var found = Array.BinarySearch(upperEnds, value);
        return found >= 0 ? found : ~found;
    }
}
