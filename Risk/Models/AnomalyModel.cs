using System.Buffers;
using Payments.Risk.Forest;

namespace Payments.Risk.Models;

/// <summary>The isolation forest and how its scores were distributed: needs no label. Immutable, and safe to use from many threads.</summary>
internal sealed class AnomalyModel
{
    private const int Points = 256;

    private readonly double[] _levels;
    private readonly double[] _shares;

    /// <summary>A forest with its scores' distribution.</summary>
    /// <param name="features">What it looks at.</param>
    /// <param name="forest">The forest.</param>
    /// <param name="levels">Scores, strictly ascending.</param>
    /// <param name="shares">The share of payments up to each, strictly ascending, over 0 and under 1.</param>
    public AnomalyModel(FeatureSet features, IsolationForest forest, double[] levels, double[] shares)
    {
        (Features, Forest, _levels, _shares) = (features, forest, levels, shares);
        if (features.Count != forest.Features || levels.Length < 1 || levels.Length != shares.Length
            || levels[0] <= 0 || levels[^1] >= 1 || shares[0] <= 0 || shares[^1] >= 1 || !Ascends(levels) || !Ascends(shares))
        {
            throw new InvalidDataException("The stored forest's distribution does not ascend from 0 to 1.");
        }
    }

    public FeatureSet Features { get; }

    public IsolationForest Forest { get; }

    public ReadOnlySpan<double> Levels => _levels;

    public ReadOnlySpan<double> Shares => _shares;

    public static AnomalyModel Fit(FeatureSet features, IReadOnlyList<ReadOnlyMemory<double>> payments, IsolationForestOptions options)
    {
        var values = new double[payments.Count * features.Count];
        for (var i = 0; i < payments.Count; i++) features.Take(payments[i].Span, values.AsSpan(i * features.Count, features.Count));
        var rows = new FeatureMatrix(values, features.Count);
        var forest = IsolationForest.Fit(rows, options);
        var scores = forest.Score(rows);
        Array.Sort(scores);
        var (levels, shares) = Distribution(scores);
        return new(features, forest, levels, shares);
    }

    public double Score(ReadOnlySpan<double> features)
    {
        Span<double> row = stackalloc double[Features.Count];
        Features.Take(features, row);
        return Forest.Score(row);
    }

    /// <summary>The scores of many payments, each the same to the last bit as by itself.</summary>
    /// <param name="features">Of each payment one value a feature of the catalogue.</param>
    /// <param name="scores">One a payment.</param>
    public void Score(ReadOnlySpan<ReadOnlyMemory<double>> features, Span<double> scores)
    {
        var count = features.Length * Features.Count;
        var values = ArrayPool<double>.Shared.Rent(count);
        var rows = values.AsSpan(0, count);
        for (var i = 0; i < features.Length; i++) Features.Take(features[i].Span, rows.Slice(i * Features.Count, Features.Count));
        Forest.Score(rows, scores);
        ArrayPool<double>.Shared.Return(values);
    }

    /// <summary>The share of payments that are less unusual: rises strictly with the forest's score, so that ranking stays.</summary>
    public double ShareBelow(double score)
    {
        var found = Array.BinarySearch(_levels, score);
        if (found >= 0) return _shares[found];
        var next = ~found;
        var (fromLevel, fromShare) = next > 0 ? (_levels[next - 1], _shares[next - 1]) : (0, 0);
        var (toLevel, toShare) = next < _levels.Length ? (_levels[next], _shares[next]) : (1, 1);
        return fromShare + (toShare - fromShare) * (score - fromLevel) / (toLevel - fromLevel);
    }

    // Dense where few payments are: from the median to the most unusual one in equal steps of the logarithm of what is left.
    private static (double[] Levels, double[] Shares) Distribution(double[] sorted)
    {
        var levels = new List<double>();
        var shares = new List<double>();
        for (var i = 0; i <= Points; i++)
        {
            var place = i == Points ? sorted.Length - 1 : (int)(sorted.Length * (1 - Math.Pow(sorted.Length + 1, -(double)i / Points)));
            // Of equal scores the last place counts: that many are not more unusual.
            while (place + 1 < sorted.Length && sorted[place + 1] == sorted[place]) place++;
            if (levels.Count > 0 && sorted[place] <= levels[^1]) continue;
            levels.Add(sorted[place]);
            shares.Add((place + 1.0) / (sorted.Length + 1.0));
        }

        return ([.. levels], [.. shares]);
    }

    private static bool Ascends(double[] values) => values.Zip(values.Skip(1)).All(pair => pair.First < pair.Second);
}
