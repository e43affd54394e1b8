namespace Payments.Risk.Forest;

/// <summary>One isolation tree in flat arrays; the root is node 0, the two children of a node are neighbours.</summary>
/// <param name="nodes">Where rows go.</param>
/// <param name="sizes">How many rows of the tree's sample came to each node.</param>
/// <param name="pathLengths">
/// At a leaf the path length of the rows that end there, depth + c(size) (Liu, Ting, Zhou 2008, algorithm 3); at an inner node the mean
/// over the sample's rows below it.
/// </param>
/// <param name="height">Edges from the root to the deepest leaf.</param>
internal sealed class IsolationTree(IsolationNode[] nodes, int[] sizes, double[] pathLengths, int height)
{
    public ReadOnlySpan<IsolationNode> Nodes => nodes;

    public ReadOnlySpan<int> Sizes => sizes;

    /// <summary>The mean path length of the tree's own sample.</summary>
    public double MeanPathLength => pathLengths[0];

    public double PathLength(ReadOnlySpan<double> row)
    {
        var node = 0;
        // A fixed number of steps without a jump that depends on data: the processor walks several rows (or trees) at once.
        for (var level = 0; level < height; level++)
        {
            node = Next(node, row);
        }

        return pathLengths[node];
    }

    /// <summary>
    /// Adds to each feature by how much its splits shortened the row's path below the sample's mean: a step from a node to its child
    /// changes the expected path length, and the change is the split feature's.
    /// </summary>
    /// <returns>The row's path length: <see cref="MeanPathLength"/> less all that was added.</returns>
    public double Attribute(ReadOnlySpan<double> row, Span<double> shortened)
    {
        var node = 0;
        while (!nodes[node].IsLeafAt(node))
        {
            var child = Next(node, row);
            shortened[nodes[node].Feature] += pathLengths[node] - pathLengths[child];
            node = child;
        }

        return pathLengths[node];
    }

    private int Next(int node, ReadOnlySpan<double> row)
    {
        var (threshold, feature, left) = nodes[node];
        var value = row[feature];
        if (double.IsNaN(value))
        {
            return nodes[node].IsLeafAt(node) ? node : left + MissingStep(left);
        }

        return left + (value > threshold ? 1 : 0);
    }

    /// <summary>A missing value goes with the larger part of the sample, to the left in a draw.</summary>
    private int MissingStep(int left) => sizes[left + 1] > sizes[left] ? 1 : 0;
}
