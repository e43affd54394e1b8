using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.FastTree;

namespace Payments.Risk.Models;

/// <summary>Grows trees with ML.NET's FastTree (MART: Friedman, 2001) and takes them over, to walk them without its pipelines.</summary>
internal static class BoostedTrees
{
    /// <summary>Grows the ensembles and joins them.</summary>
    /// <param name="rows">One a payment, without missing values.</param>
    /// <param name="labels">Whether each is a fraud.</param>
    /// <param name="options">How.</param>
    public static TreeEnsemble Grow(IReadOnlyList<float[]> rows, IReadOnlyList<bool> labels, BoostingOptions options)
    {
        var growth = new Growth();
        for (var i = 0; i < options.Ensembles; i++) growth.Add(Train(rows, labels, options, options.Seed + i), 1.0 / options.Ensembles);
        return growth.Finish(rows);
    }

    /// <summary>One of the ensembles as ML.NET has it: what tests hold ours against.</summary>
    internal static FastTreeBinaryModelParameters Train(IReadOnlyList<float[]> rows, IReadOnlyList<bool> labels, BoostingOptions options, int seed)
    {
        var context = new MLContext(seed);
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Length);
        var data = context.Data.LoadFromEnumerable(rows.Zip(labels, (features, label) => new Row { Features = features, Label = label }), schema);
        var trainer = context.BinaryClassification.Trainers.FastTree(new FastTreeBinaryTrainer.Options
        {
            NumberOfTrees = options.Trees,
            NumberOfLeaves = options.Leaves,
            MinimumExampleCountPerLeaf = options.LeastInLeaf,
            LearningRate = options.LearningRate,
            FeatureFraction = options.FeatureShare,
            FeatureFractionPerSplit = options.SplitFeatureShare,
            BaggingSize = 1,
            BaggingExampleFraction = options.PaymentShare,
            Seed = seed,
            FeatureSelectionSeed = seed,
            // The order in which threads add up decides the last bits, and these a split.
            NumberOfThreads = 1,
        });
        return trainer.Fit(data).Model.SubModel;
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }
    }

    private sealed class Growth
    {
        private readonly List<TreeNode> _nodes = [];
        private readonly List<double> _values = [];
        private readonly List<int> _roots = [];

        public void Add(FastTreeBinaryModelParameters model, double weight)
        {
            var ensemble = model.TrainedTreeEnsemble;
            for (var i = 0; i < ensemble.Trees.Count; i++)
            {
                var tree = ensemble.Trees[i];
                _roots.Add(Room(1));
                // A tree of one leaf has no split to begin with.
                Take(tree, tree.NumberOfNodes > 0 ? 0 : ~0, _roots[^1], ensemble.TreeWeights[i] * weight);
            }

            if (ensemble.Bias == 0) return;
            _roots.Add(Room(1));
            _values[_roots[^1]] = ensemble.Bias * weight;
        }

        public TreeEnsemble Finish(IReadOnlyList<float[]> rows)
        {
            var covers = new int[_nodes.Count];
            foreach (var row in rows)
            {
                foreach (var root in _roots)
                {
                    var place = root;
                    while (_nodes[place] is { Feature: >= 0 } node) place = row[node.Feature] <= node.Threshold ? node.Left : node.Left + 1;
                    covers[place]++;
                }
            }

            return new([.. _nodes], [.. _values], covers, [.. _roots]);
        }

        private void Take(RegressionTreeBase tree, int node, int place, double weight)
        {
            if (node < 0)
            {
                _values[place] = tree.LeafValues[~node] * weight;
                return;
            }

            var left = Room(2);
            _nodes[place] = new(tree.NumericalSplitThresholds[node], tree.NumericalSplitFeatureIndexes[node], left);
            Take(tree, tree.LeftChild[node], left, weight);
            Take(tree, tree.RightChild[node], left + 1, weight);
        }

        private int Room(int nodes)
        {
            var first = _nodes.Count;
            for (var i = 0; i < nodes; i++)
            {
                _nodes.Add(new(0, TreeNode.Leaf, 0));
                _values.Add(0);
            }

            return first;
        }
    }
}
