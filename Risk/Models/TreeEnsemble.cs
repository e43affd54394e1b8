using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Payments.Risk.Models;

/// <summary>Regression trees whose values add up, and what each feature does to the sum. Immutable, and safe to use from many threads.</summary>
/// <remarks>
/// Each split on a row's path changes the mean value of the training rows below it; the change is the split feature's (the path decomposition of
/// Saabas, 2014). So a row's value is the base, the mean over all training rows, and the contributions.
/// </remarks>
internal sealed class TreeEnsemble
{
    // The steps of one walk wait for each other, those of several overlap in the processor.
    private const int WalksAtOnce = 4;

    private readonly TreeNode[] _nodes;
    private readonly double[] _means;
    private readonly int[] _roots;
    private readonly TreeNode[] _steps;
    private readonly int[] _heights;
    private readonly MaskedTrees? _masked;

    /// <summary>Trees of these nodes.</summary>
    /// <param name="nodes">All trees' nodes.</param>
    /// <param name="values">One a node; those of leaves count.</param>
    /// <param name="covers">Training rows of each node; those of leaves count.</param>
    /// <param name="roots">Where each tree begins.</param>
    public TreeEnsemble(TreeNode[] nodes, double[] values, int[] covers, int[] roots)
    {
        (_nodes, _roots) = (nodes, roots);
        Covers = [.. covers];
        _means = [.. values];
        foreach (var root in roots) Base += Mean(root);
        _steps = Steps(nodes);
        _heights = [.. roots.Select(Height).Chunk(WalksAtOnce).Select(heights => heights.Max())];
        _masked = MaskedTrees.Of(this);
    }

    /// <summary>The value of a row of which nothing is known: the mean of the training rows.</summary>
    public double Base { get; }

    public ReadOnlySpan<TreeNode> Nodes => _nodes;

    public ReadOnlySpan<double> Values => _means;

    public int[] Covers { get; }

    public ReadOnlySpan<int> Roots => _roots;

    /// <summary>A row's value.</summary>
    /// <param name="row">Without a missing value.</param>
    public double Sum(ReadOnlySpan<float> row)
    {
        var sum = 0.0;
        var next = 0;
        ref var root = ref MemoryMarshal.GetArrayDataReference(_steps);
        ref var values = ref MemoryMarshal.GetReference(row);
        for (; next <= _roots.Length - WalksAtOnce; next += WalksAtOnce)
        {
            nint first = _roots[next], second = _roots[next + 1], third = _roots[next + 2], fourth = _roots[next + 3];
            for (var level = _heights[next / WalksAtOnce]; level > 0; level--)
            {
                first = Next(ref root, first, ref values);
                second = Next(ref root, second, ref values);
                third = Next(ref root, third, ref values);
                fourth = Next(ref root, fourth, ref values);
            }

            sum += _means[first];
            sum += _means[second];
            sum += _means[third];
            sum += _means[fourth];
        }

        for (; next < _roots.Length; next++)
        {
            nint place = _roots[next];
            for (var level = _heights[next / WalksAtOnce]; level > 0; level--) place = Next(ref root, place, ref values);
            sum += _means[place];
        }

        return sum;
    }

    /// <summary>The values of <see cref="MaskedTrees.Rows"/> rows, each the same to the last bit as <see cref="Sum(ReadOnlySpan{float})"/>.</summary>
    /// <param name="columns">Feature after feature, of each the rows' values.</param>
    /// <param name="sums">One a row.</param>
    public void Sum(ReadOnlySpan<float> columns, Span<double> sums)
    {
        if (_masked is not null)
        {
            _masked.Sum(columns, sums);
            return;
        }

        Span<float> row = stackalloc float[columns.Length / MaskedTrees.Rows];
        for (var place = 0; place < MaskedTrees.Rows; place++)
        {
            for (var feature = 0; feature < row.Length; feature++) row[feature] = columns[feature * MaskedTrees.Rows + place];
            sums[place] = Sum(row);
        }
    }

    /// <summary>Adds what each feature did to a row's value.</summary>
    /// <returns>The row's value, as <see cref="Sum(ReadOnlySpan{float})"/> has it.</returns>
    public double Attribute(ReadOnlySpan<float> row, Span<double> contributions)
    {
        var sum = 0.0;
        foreach (var root in _roots)
        {
            var place = root;
            while (_nodes[place] is { Feature: >= 0 } node)
            {
                var next = row[node.Feature] <= node.Threshold ? node.Left : node.Left + 1;
                contributions[node.Feature] += _means[next] - _means[place];
                place = next;
            }

            sum += _means[place];
        }

        return sum;
    }

    // No bounds are checked here, which would take as long as the step: children lie in the ensemble, whoever built it, and rows are made by the features' set.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Next(ref TreeNode root, nint place, ref float row)
    {
        ref readonly var at = ref Unsafe.Add(ref root, place);
        return at.Left + (Unsafe.Add(ref row, at.Feature) > at.Threshold ? 1 : 0);
    }

    // A leaf points at itself and nothing is over its threshold, so that a walk needs no question whether it has arrived.
    private static TreeNode[] Steps(TreeNode[] nodes)
    {
        var steps = new TreeNode[nodes.Length];
        for (var place = 0; place < nodes.Length; place++) steps[place] = nodes[place].Feature < 0 ? new(float.PositiveInfinity, 0, place) : nodes[place];
        return steps;
    }

    private int Height(int place) => _nodes[place] is { Feature: >= 0 } node ? 1 + Math.Max(Height(node.Left), Height(node.Left + 1)) : 0;

    private double Mean(int place)
    {
        var node = _nodes[place];
        if (node.Feature < 0) return _means[place];
        var (left, right) = (Mean(node.Left), Mean(node.Left + 1));
        var rows = Covers[place] = Covers[node.Left] + Covers[node.Left + 1];
        return _means[place] = rows > 0 ? (left * Covers[node.Left] + right * Covers[node.Left + 1]) / rows : (left + right) / 2;
    }
}
