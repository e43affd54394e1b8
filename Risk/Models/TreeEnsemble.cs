namespace Payments.Risk.Models;

/// <summary>Regression trees whose values add up, and what each feature does to the sum. Immutable, and safe to use from many threads.</summary>
/// <remarks>
/// Each split on a row's path changes the mean value of the training rows below it; the change is the split feature's (the path decomposition of
/// Saabas, 2014). So a row's value is the base, the mean over all training rows, and the contributions.
/// </remarks>
internal sealed class TreeEnsemble
{
    private readonly TreeNode[] _nodes;
    private readonly double[] _means;
    private readonly int[] _roots;

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
    }

    /// <summary>The value of a row of which nothing is known: the mean of the training rows.</summary>
    public double Base { get; }

    public ReadOnlySpan<TreeNode> Nodes => _nodes;

    public ReadOnlySpan<double> Values => _means;

    public int[] Covers { get; }

    public ReadOnlySpan<int> Roots => _roots;

    /// <summary>A row's value.</summary>
    public double Sum(ReadOnlySpan<float> row)
    {
        var nodes = _nodes;
        var sum = 0.0;
        foreach (var root in _roots)
        {
            var place = root;
            while (nodes[place] is { Feature: >= 0 } node) place = row[node.Feature] <= node.Threshold ? node.Left : node.Left + 1;
            sum += _means[place];
        }

        return sum;
    }

    /// <summary>Adds what each feature did to a row's value.</summary>
    public void Attribute(ReadOnlySpan<float> row, Span<double> contributions)
    {
        foreach (var root in _roots)
        {
            var place = root;
            while (_nodes[place] is { Feature: >= 0 } node)
            {
                var next = row[node.Feature] <= node.Threshold ? node.Left : node.Left + 1;
                contributions[node.Feature] += _means[next] - _means[place];
                place = next;
            }
        }
    }

    private double Mean(int place)
    {
        var node = _nodes[place];
        if (node.Feature < 0) return _means[place];
        var (left, right) = (Mean(node.Left), Mean(node.Left + 1));
        var rows = Covers[place] = Covers[node.Left] + Covers[node.Left + 1];
        return _means[place] = rows > 0 ? (left * Covers[node.Left] + right * Covers[node.Left + 1]) / rows : (left + right) / 2;
    }
}
