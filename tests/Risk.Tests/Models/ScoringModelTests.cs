using System.Security.Cryptography;
using Payments.Risk.Features;
using Payments.Risk.Models;

namespace Payments.Risk.Tests.Models;

public sealed class ScoringModelTests
{
    private static readonly DateTime First = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly TrainingPayment[] Payments = Make(4_000, seed: 1);
    private static readonly TrainingOptions Options = new() { Boosting = new() { Trees = 40, Leaves = 8 } };
    private static readonly Lazy<ScoringModel> Model = new(() => ModelTrainer.Train(Payments, Options));

    [Fact]
    public void Our_walk_of_the_trees_is_the_one_of_ML_NET()
    {
        var set = new FeatureSet(FeatureCatalogue.All.Take(2).Select(feature => feature.Name));
        var rows = Payments.Select(payment => Row(set, payment)).ToArray();
        var labels = Payments.Select(payment => payment.IsFraud).ToArray();
        var options = Options.Boosting with { Ensembles = 1 };
        var theirs = BoostedTrees.Train(rows, labels, options, options.Seed);
        var ours = BoostedTrees.Grow(rows, labels, options);

        foreach (var row in rows.Take(200))
        {
            var sum = theirs.TrainedTreeEnsemble.Bias;
            for (var i = 0; i < theirs.TrainedTreeEnsemble.Trees.Count; i++)
            {
                var tree = theirs.TrainedTreeEnsemble.Trees[i];
                var node = tree.NumberOfNodes > 0 ? 0 : ~0;
                while (node >= 0) node = row[tree.NumericalSplitFeatureIndexes[node]] <= tree.NumericalSplitThresholds[node] ? tree.LeftChild[node] : tree.RightChild[node];
                sum += tree.LeafValues[~node] * theirs.TrainedTreeEnsemble.TreeWeights[i];
            }

            Assert.Equal(sum, ours.Sum(row), 9);
            Assert.Equal(ours.Sum(row), ours.Attribute(row, new double[2]));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(32)]
    [InlineData(40)] // more than a mask has bits: row by row
    public void Many_rows_at_once_come_to_what_each_comes_to_alone(int leaves)
    {
        var trees = BoostedTrees.Grow(
            [.. Payments.Select(payment => Row(new(FeatureCatalogue.All.Take(3).Select(feature => feature.Name)), payment))],
            [.. Payments.Select(payment => payment.IsFraud)],
            Options.Boosting with { Trees = 10, Leaves = leaves, LeastInLeaf = 1 });
        var thresholds = trees.Nodes.ToArray().Where(node => node.Feature == 0).Select(node => node.Threshold).ToArray();
        var columns = new float[3 * MaskedTrees.Rows];
        var sums = new double[MaskedTrees.Rows];
        for (var first = 0; first < 400; first += MaskedTrees.Rows)
        {
            for (var row = 0; row < MaskedTrees.Rows; row++)
            {
                // A threshold itself goes left.
                columns[row] = row % 4 == 0 ? thresholds[(first + row) % thresholds.Length] : row % 7 == 0 ? float.PositiveInfinity : (float)Payments[first + row].Features.Span[0];
                columns[MaskedTrees.Rows + row] = row % 5 == 0 ? float.NegativeInfinity : first + row;
                columns[2 * MaskedTrees.Rows + row] = row;
            }

            trees.Sum(columns, sums);

            Assert.Equal(Enumerable.Range(0, MaskedTrees.Rows).Select(row => trees.Sum([columns[row], columns[MaskedTrees.Rows + row], columns[2 * MaskedTrees.Rows + row]])), sums);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(333)]
    public void A_batch_is_judged_as_one_by_one(int count)
    {
        ReadOnlyMemory<double>[] features = [.. Payments.Take(count).Select(payment => payment.Features)];
        double[] points = [.. Enumerable.Range(0, count).Select(i => (double)(i % 101))];
        foreach (var model in new[] { Model.Value, Model.Value.WithoutLabels() })
        {
            var verdicts = new ModelVerdict[count];

            model.Judge(features, points, verdicts);

            Assert.Equal(features.Zip(points).Select(payment => model.Judge(payment.First.Span, payment.Second)), verdicts);
        }
    }

    [Fact]
    public void What_is_unlike_fraud_scores_lower_and_points_of_rules_never_lower_a_score()
    {
        var model = Model.Value;
        Assert.True(model.IsSupervised);
        var (fraud, usual) = (Payments.First(payment => payment.IsFraud), Payments.First(payment => !payment.IsFraud));
        Assert.True(model.Judge(fraud.Features.Span, 0).Score > model.Judge(usual.Features.Span, 0).Score);
        Assert.All(Payments.Take(100), payment => Assert.True(model.Judge(payment.Features.Span, 60).Score >= model.Judge(payment.Features.Span, 0).Score));
        Assert.All(Payments.Take(100), payment => Assert.InRange(model.Judge(payment.Features.Span, 100).Score, 0, 100));
    }

    [Fact]
    public void Contributions_and_a_base_that_all_payments_share_come_to_the_score()
    {
        foreach (var model in new[] { Model.Value, Model.Value.WithoutLabels() })
        {
            double[] bases = [.. Payments.Take(50).Select(payment => model.Judge(payment.Features.Span, 0).Score - model.Explain(payment.Features.Span).Sum(contribution => contribution.Points))];
            Assert.All(bases, value => Assert.Equal(bases[0], value, 6));
        }
    }

    [Fact]
    public void Bytes_bring_back_the_same_scores_and_damage_is_seen()
    {
        var bytes = Model.Value.ToBytes();
        var back = ScoringModel.Read(bytes);

        Assert.All(Payments.Take(200), payment => Assert.Equal(Model.Value.Judge(payment.Features.Span, 20), back.Judge(payment.Features.Span, 20)));
        Assert.Equal(Model.Value.Explain(Payments[0].Features.Span), back.Explain(Payments[0].Features.Span));
        Assert.Equal(Model.Value.Scale, back.Scale);
        bytes[bytes.Length / 2] ^= 1;
        Assert.Contains("damaged", Assert.Throws<InvalidDataException>(() => ScoringModel.Read(bytes)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => ScoringModel.Read(bytes.AsSpan(0, 3)));
    }

    [Fact]
    public void Of_a_model_whose_trees_look_at_a_feature_that_is_gone_the_forest_can_be_read_and_of_damage_nothing()
    {
        var bytes = Aged(Model.Value.ToBytes());
        var forest = ScoringModel.ReadForest(bytes);

        Assert.Contains("merchant_fraud_rum", Assert.Throws<InvalidDataException>(() => ScoringModel.Read(bytes)).Message, StringComparison.Ordinal);
        Assert.False(forest.IsSupervised);
        Assert.All(Payments.Take(50), payment => Assert.Equal(Model.Value.WithoutLabels().Judge(payment.Features.Span, 20), forest.Judge(payment.Features.Span, 20)));
        bytes[^1] ^= 1;
        Assert.Throws<InvalidDataException>(() => ScoringModel.ReadForest(bytes));
    }

    // As a program would have written it whose catalogue had other features.
    private static byte[] Aged(byte[] bytes)
    {
        var name = "merchant_fraud_run"u8;
        var other = "merchant_fraud_rum"u8;
        for (var at = bytes.AsSpan().IndexOf(name); at >= 0; at = bytes.AsSpan().IndexOf(name)) other.CopyTo(bytes.AsSpan(at));
        SHA256.HashData(bytes.AsSpan(0, bytes.Length - SHA256.HashSizeInBytes)).CopyTo(bytes.AsSpan(bytes.Length - SHA256.HashSizeInBytes));
        return bytes;
    }

    [Fact]
    public void The_same_payments_train_the_same_model() => Assert.Equal(Model.Value.ToBytes(), ModelTrainer.Train(Make(4_000, seed: 1), Options).ToBytes());

    [Fact]
    public void Without_enough_frauds_forest_and_rules_carry_the_score_and_every_payment_keeps_its_rank()
    {
        var model = ModelTrainer.Train([.. Payments.Select(payment => payment with { IsFraud = false })], Options);

        Assert.False(model.IsSupervised);
        Assert.Null(model.Judge(Payments[0].Features.Span, 0).FraudProbability);
        var verdicts = Payments.Select(payment => model.Judge(payment.Features.Span, 0)).OrderBy(verdict => verdict.AnomalyScore).ToArray();
        Assert.All(verdicts.Zip(verdicts.Skip(1)), pair => Assert.True(pair.First.AnomalyScore == pair.Second.AnomalyScore || pair.First.Score < pair.Second.Score));
        Assert.All(verdicts, verdict => Assert.InRange(verdict.Score, 0, 70));
        Assert.Equal(40 + 0.6 * verdicts[^1].Score, model.Judge(Payments.MaxBy(payment => model.Judge(payment.Features.Span, 0).Score).Features.Span, 40).Score, 9);
    }

    [Fact]
    public void A_model_of_features_that_there_are_no_more_is_refused() =>
        Assert.Contains("no_such_feature", Assert.Throws<InvalidDataException>(() => new FeatureSet(["no_such_feature"])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_scale_puts_70_and_90_where_the_precision_is_reached()
    {
        // From the top: 40 frauds, then 10 legitimate (40 of 50 are frauds: .8), then 30 more (40 of 80: .5), then the rest.
        double[] probabilities = [.. Enumerable.Range(0, 200).Select(i => 0.9 - i * 0.004)];
        bool[] isFraud = [.. Enumerable.Range(0, 200).Select(i => i < 40)];

        var scale = ScoreScale.Fit(probabilities, isFraud);

        Assert.Equal((probabilities[79], probabilities[49]), (scale.At70, scale.At90));
        Assert.Equal((.5, .8), (scale.Precision70!.Value, scale.Precision90!.Value));
        Assert.Equal([0, 70, 90, 100], new[] { 0, scale.At70, scale.At90, 1 }.Select(scale.ScoreOf));
        // Where nine in ten of the legitimate were left out, the same payments say less.
        Assert.True(ScoreScale.Fit(probabilities, isFraud, 0.1).At70 > scale.At70);
    }

    [Fact]
    public void Evidence_that_proves_nothing_weighs_next_to_nothing_and_none_weighs_less_than_nothing()
    {
        var random = new Random(5);
        var evidence = new List<(double Trees, double Anomaly, double RulePoints)>();
        var isFraud = new List<bool>();
        for (var i = 0; i < 5_000; i++)
        {
            var trees = random.NextDouble() * 8 - 4;
            isFraud.Add(random.NextDouble() < 1 / (1 + Math.Exp(2 - trees)));
            evidence.Add((trees, random.NextDouble(), isFraud[^1] ? 0 : 100));
        }

        var stack = EvidenceStack.Fit(evidence, isFraud);

        Assert.Equal(0, stack.Rules);
        Assert.InRange(stack.Anomaly, 0, 0.3);
        Assert.InRange(stack.Trees, 0.8, 1.5);
    }

    private static float[] Row(FeatureSet set, TrainingPayment payment)
    {
        var row = new float[set.Count];
        set.Take(payment.Features.Span, new float[set.Count], row);
        return row;
    }

    // Frauds have high amounts, and mostly a high first feature of the customer's.
    private static TrainingPayment[] Make(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var isFraud = random.NextDouble() < 0.06;
            var features = new double[FeatureCatalogue.Count];
            for (var place = 0; place < features.Length; place++) features[place] = random.NextDouble() < 0.02 ? double.NaN : random.NextDouble() * 10;
            features[0] = random.NextDouble() * 100 + (isFraud ? 40 : 0);
            FeatureCatalogue.TryFind("customer_amount_ratio", out var ratio);
            features[ratio] = random.NextDouble() * 2 + (isFraud ? 1.5 : 0);
            return new TrainingPayment(First.AddMinutes(i * 3), features, random.Next(0, 40), isFraud);
        })];
    }
}
