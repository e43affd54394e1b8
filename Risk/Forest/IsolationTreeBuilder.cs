namespace Payments.Risk.Forest;

/// <summary>
/// Fills a tree's arrays from the root down: split a node, fill its two children, close it; or make it a leaf. Growing and reading a
/// stored tree both go through here.
/// </summary>
/// <param name="averagePathLengths">c(0) … c(sample size of the tree).</param>
internal sealed class IsolationTreeBuilder(double[] averagePathLengths)
{
    private readonly List<IsolationNode> _nodes = [default];
    private readonly List<int> _sizes = [0];
    private readonly List<double> _pathLengths = [0];
    private int _height;

    /// <summary>Ends a branch where this many rows of the sample came.</summary>
    public void Leaf(int node, int depth, int size)
    {
        _nodes[node] = IsolationNode.Leaf(node);
        _sizes[node] = size;
        _pathLengths[node] = depth + averagePathLengths[size];
        _height = Math.Max(_height, depth);
    }

    /// <summary>Splits a node.</summary>
    /// <returns>The left child; the right one is the next.</returns>
    public int Split(int node, int feature, double threshold)
    {
        var left = _nodes.Count;
        _nodes[node] = new IsolationNode(threshold, feature, left);
        for (var child = 0; child < 2; child++)
        {
            _nodes.Add(default);
            _sizes.Add(0);
            _pathLengths.Add(0);
        }

        return left;
    }

    /// <summary>Sums up a split node when both children are complete.</summary>
    public void Close(int node)
    {
        var left = _nodes[node].Left;
        var right = left + 1;
        _sizes[node] = _sizes[left] + _sizes[right];
        _pathLengths[node] = (_sizes[left] * _pathLengths[left] + _sizes[right] * _pathLengths[right]) / _sizes[node];
    }

    public IsolationTree ToTree() => new([.. _nodes], [.. _sizes], [.. _pathLengths], _height);
}
