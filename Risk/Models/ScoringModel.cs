using System.Buffers;
using Payments.Risk.Features;

namespace Payments.Risk.Models;

/// <summary>
/// A forest, and where there were enough labels a supervised model with it: one version of the registry. Immutable, and safe to use from many threads.
/// </summary>
/// <remarks>
/// With a supervised model the score is its scale's (<see cref="ScoreScale"/>) of the probability that trees, forest and rules come to (<see cref="EvidenceStack"/>).
/// Without one, rules and forest carry the score: <c>r + (1 - r) a</c> of rules <c>r</c> and anomaly <c>a</c>, which is near 0 for most payments, 0.5 for the
/// most unusual per cent and at most 0.7, so that an unusual payment alone is looked at and never blocked.
/// </remarks>
public sealed class ScoringModel : RiskModels
{
    private const double MostByAnomaly = 0.7;
    private const double Steepness = 32;

    private readonly AnomalyModel _anomaly;
    private readonly FraudModel? _fraud;
    private readonly double[] _typical;

    internal ScoringModel(AnomalyModel anomaly, FraudModel? fraud, double[] typical) => (_anomaly, _fraud, _typical) = (anomaly, fraud, typical);

    /// <summary>Whether it has learned from labels; else forest and rules carry the score.</summary>
    public bool IsSupervised => _fraud is not null;

    /// <summary>What 70 and 90 mean; null without a supervised model.</summary>
    public ScoreScale? Scale => _fraud?.Scale;

    /// <summary>How evidence weighs together; null without a supervised model.</summary>
    public EvidenceStack? Stack => _fraud?.Stack;

    internal AnomalyModel Anomaly => _anomaly;

    internal FraudModel? Fraud => _fraud;

    internal ReadOnlySpan<double> Typical => _typical;

    /// <summary>Its forest alone.</summary>
    public ScoringModel WithoutLabels() => new(_anomaly, null, _typical);

    /// <summary>What the trees say of a payment, before anything else: the log-odds of fraud but for a scale. NaN without a supervised model.</summary>
    public double TreeValue(ReadOnlySpan<double> features) => _fraud?.Sum(features) ?? double.NaN;

    /// <inheritdoc/>
    public override ModelVerdict Judge(ReadOnlySpan<double> features, double rulePoints)
    {
        var share = _anomaly.ShareBelow(_anomaly.Score(features));
        return Judge(share, _fraud?.Sum(features) ?? double.NaN, rulePoints);
    }

    /// <inheritdoc/>
    public override void Judge(ReadOnlySpan<ReadOnlyMemory<double>> features, ReadOnlySpan<double> rulePoints, Span<ModelVerdict> verdicts)
    {
        var room = ArrayPool<double>.Shared.Rent(2 * features.Length);
        var anomalies = room.AsSpan(0, features.Length);
        var trees = room.AsSpan(features.Length, features.Length);
        _anomaly.Score(features, anomalies);
        _fraud?.Sum(features, trees);
        for (var i = 0; i < features.Length; i++) verdicts[i] = Judge(_anomaly.ShareBelow(anomalies[i]), trees[i], rulePoints[i]);
        ArrayPool<double>.Shared.Return(room);
    }

    private ModelVerdict Judge(double share, double trees, double rulePoints)
    {
        if (_fraud is null) return new(ByAnomaly(share, rulePoints), share, null);
        var probability = EvidenceStack.Probability(_fraud.Stack.LogOdds(trees, EvidenceStack.OfShare(share), rulePoints));
        return new(_fraud.Scale.ScoreOf(probability), share, probability);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<FeatureContribution> Explain(ReadOnlySpan<double> features)
    {
        Span<double> row = stackalloc double[_anomaly.Features.Count];
        Span<double> powers = stackalloc double[_anomaly.Features.Count];
        _anomaly.Features.Take(features, row);
        var anomaly = _anomaly.Forest.Explain(row, powers);
        var baseline = _anomaly.Forest.BaselineScore;
        var (from, to) = (_anomaly.ShareBelow(baseline), _anomaly.ShareBelow(anomaly));
        var exponent = Math.Log2(anomaly) - Math.Log2(baseline);
        var result = new List<FeatureContribution>();
        if (_fraud is null)
        {
            Add(result, _anomaly.Features, powers, Slope(ByAnomaly(from, 0), ByAnomaly(to, 0), exponent), "anomaly");
            return result;
        }

        Span<float> values = stackalloc float[_fraud.Features.Count];
        Span<double> changes = stackalloc double[_fraud.Features.Count];
        changes.Clear();
        _fraud.Features.Take(features, _fraud.Missing, values);
        var trees = _fraud.Trees.Attribute(values, changes);
        var stack = _fraud.Stack;
        var (fromOdds, toOdds) = (stack.LogOdds(_fraud.Trees.Base, EvidenceStack.OfShare(from), 0), stack.LogOdds(trees, EvidenceStack.OfShare(to), 0));
        var points = Slope(_fraud.Scale.ScoreOf(EvidenceStack.Probability(fromOdds)), _fraud.Scale.ScoreOf(EvidenceStack.Probability(toOdds)), toOdds - fromOdds);
        Add(result, _fraud.Features, changes, points * stack.Trees, "model");
        var evidence = Slope(EvidenceStack.OfShare(from), EvidenceStack.OfShare(to), exponent);
        if (stack.Anomaly > 0) Add(result, _anomaly.Features, powers, points * stack.Anomaly * evidence, "anomaly");
        return result;
    }

    /// <summary>The model as bytes, to be read by <see cref="Read"/>: compact, versioned, the same on every platform.</summary>
    public byte[] ToBytes() => ScoringModelFormat.Write(this);

    /// <summary>Reads what <see cref="ToBytes"/> wrote; the model gives the same scores.</summary>
    /// <param name="bytes">The whole of what was written.</param>
    /// <exception cref="InvalidDataException">Not a model, one of a later version, cut, damaged, or one of features that there are no more; the message says which.</exception>
    public static ScoringModel Read(ReadOnlySpan<byte> bytes) => ScoringModelFormat.Read(bytes, isForestOnly: false);

    /// <summary>Reads only the forest of what <see cref="ToBytes"/> wrote: what is left where the trees look at features that there are no more.</summary>
    /// <param name="bytes">The whole of what was written.</param>
    /// <exception cref="InvalidDataException">As of <see cref="Read"/>: of bytes whose checksum is wrong, nothing is believed.</exception>
    public static ScoringModel ReadForest(ReadOnlySpan<byte> bytes) => ScoringModelFormat.Read(bytes, isForestOnly: true);

    // Written so that the smallest anomaly still tells payments apart: 1 - (1 - a) would lose it.
    private static double ByAnomaly(double share, double rulePoints)
    {
        var rules = Math.Clamp(rulePoints / 100, 0, 1);
        return 100 * (rules + (1 - rules) * MostByAnomaly * Math.Pow(share, Steepness));
    }

    // The score is a curve over what contributions add up in; the chord from the base to the payment turns them into points that add up.
    private static double Slope(double from, double to, double change) => Math.Abs(change) < 1e-12 ? 0 : (to - from) / change;

    private void Add(List<FeatureContribution> result, FeatureSet set, ReadOnlySpan<double> changes, double points, string source)
    {
        var places = set.Places;
        for (var i = 0; i < changes.Length; i++)
        {
            if (changes[i] != 0) result.Add(new(places[i], changes[i] * points, source, Known(_typical[places[i]])));
        }
    }

    private static double? Known(double value) => double.IsNaN(value) ? null : value;

    internal static double[] MediansOf(IReadOnlyList<ReadOnlyMemory<double>> payments)
    {
        var medians = new double[FeatureCatalogue.Count];
        var values = new double[payments.Count];
        for (var place = 0; place < medians.Length; place++)
        {
            var count = 0;
            foreach (var payment in payments)
            {
                var value = payment.Span[place];
                if (!double.IsNaN(value)) values[count++] = value;
            }

            Array.Sort(values, 0, count);
            medians[place] = count > 0 ? values[(count - 1) / 2] : double.NaN;
        }

        return medians;
    }
}
