using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
    /// <summary>Walks that are made at once: the steps of one wait for each other, those of several overlap in the processor.</summary>
    public const int WalksAtOnce = 4;

    private readonly IsolationNode[] _nodes = nodes;
    private readonly IsolationNode[] _sided = Sided(nodes, sizes);
    private readonly double[] _pathLengths = pathLengths;
    private readonly int _height = height;

    public ReadOnlySpan<IsolationNode> Nodes => _nodes;

    public ReadOnlySpan<int> Sizes => sizes;

    /// <summary>The mean path length of the tree's own sample.</summary>
    public double MeanPathLength => _pathLengths[0];

    /// <summary>The path length of any row.</summary>
    public double PathLength(ReadOnlySpan<double> row)
    {
        var node = 0;
        for (var level = 0; level < _height; level++)
        {
            node = Next(node, row);
        }

        return _pathLengths[node];
    }

    /// <summary>Adds one row's path lengths in <see cref="WalksAtOnce"/> trees to a sum, one after the other.</summary>
    /// <param name="trees">The trees.</param>
    /// <param name="row">A row without a missing value, wide enough for the trees' features.</param>
    /// <param name="isSided">Whether the row is one of <see cref="TakeSides"/>.</param>
    /// <param name="sum">The path lengths so far.</param>
    public static double AddPathLengths(ReadOnlySpan<IsolationTree> trees, ReadOnlySpan<double> row, bool isSided, double sum)
    {
        var (first, second, third, fourth) = (trees[0], trees[1], trees[2], trees[3]);
        ref var values = ref MemoryMarshal.GetReference(row);
        ref var firstRoot = ref first.Root(isSided);
        ref var secondRoot = ref second.Root(isSided);
        ref var thirdRoot = ref third.Root(isSided);
        ref var fourthRoot = ref fourth.Root(isSided);
        nint firstNode = 0, secondNode = 0, thirdNode = 0, fourthNode = 0;
        for (var level = Math.Max(Math.Max(first._height, second._height), Math.Max(third._height, fourth._height)); level > 0; level--)
        {
            firstNode = NextOfComplete(ref firstRoot, firstNode, ref values);
            secondNode = NextOfComplete(ref secondRoot, secondNode, ref values);
            thirdNode = NextOfComplete(ref thirdRoot, thirdNode, ref values);
            fourthNode = NextOfComplete(ref fourthRoot, fourthNode, ref values);
        }

        sum += first._pathLengths[firstNode];
        sum += second._pathLengths[secondNode];
        sum += third._pathLengths[thirdNode];
        return sum + fourth._pathLengths[fourthNode];
    }

    /// <summary>Adds the path length of each row to its sum.</summary>
    /// <param name="rows">Rows without a missing value, one after the other.</param>
    /// <param name="features">Their width, enough for the tree's features.</param>
    /// <param name="isSided">Whether the rows are those of <see cref="TakeSides"/>.</param>
    /// <param name="sums">One a row.</param>
    public void AddPathLengths(ReadOnlySpan<double> rows, int features, bool isSided, Span<double> sums)
    {
        var row = 0;
        ref var root = ref Root(isSided);
        for (; row <= sums.Length - WalksAtOnce; row += WalksAtOnce)
        {
            var four = rows.Slice(row * features, WalksAtOnce * features);
            ref var first = ref MemoryMarshal.GetReference(four);
            ref var second = ref Unsafe.Add(ref first, features);
            ref var third = ref Unsafe.Add(ref second, features);
            ref var fourth = ref Unsafe.Add(ref third, features);
            nint firstNode = 0, secondNode = 0, thirdNode = 0, fourthNode = 0;
            for (var level = _height; level > 0; level--)
            {
                firstNode = NextOfComplete(ref root, firstNode, ref first);
                secondNode = NextOfComplete(ref root, secondNode, ref second);
                thirdNode = NextOfComplete(ref root, thirdNode, ref third);
                fourthNode = NextOfComplete(ref root, fourthNode, ref fourth);
            }

            sums[row] += _pathLengths[firstNode];
            sums[row + 1] += _pathLengths[secondNode];
            sums[row + 2] += _pathLengths[thirdNode];
            sums[row + 3] += _pathLengths[fourthNode];
        }

        for (; row < sums.Length; row++)
        {
            ref var values = ref Unsafe.Add(ref MemoryMarshal.GetReference(rows), row * features);
            nint node = 0;
            for (var level = _height; level > 0; level--) node = NextOfComplete(ref root, node, ref values);
            sums[row] += _pathLengths[node];
        }
    }

    /// <summary>
    /// Writes each value twice, a missing one as less and as more than every threshold: a split asks for the one that is on the side where missing values
    /// go, so that a walk need not ask whether a value is missing.
    /// </summary>
    public static void TakeSides(ReadOnlySpan<double> values, Span<double> sided)
    {
        for (var place = 0; place < values.Length; place++)
        {
            var value = values[place];
            sided[2 * place] = double.IsNaN(value) ? double.NegativeInfinity : value;
            sided[2 * place + 1] = double.IsNaN(value) ? double.PositiveInfinity : value;
        }
    }

    /// <summary>
    /// Adds to each feature by how much its splits shortened the row's path below the sample's mean: a step from a node to its child
    /// changes the expected path length, and the change is the split feature's.
    /// </summary>
    /// <returns>The row's path length: <see cref="MeanPathLength"/> less all that was added.</returns>
    public double Attribute(ReadOnlySpan<double> row, Span<double> shortened)
    {
        var node = 0;
        while (!_nodes[node].IsLeafAt(node))
        {
            var child = Next(node, row);
            shortened[_nodes[node].Feature] += _pathLengths[node] - _pathLengths[child];
            node = child;
        }

        return _pathLengths[node];
    }

    private ref IsolationNode Root(bool isSided) => ref MemoryMarshal.GetArrayDataReference(isSided ? _sided : _nodes);

    // No bounds are checked here, which would take as long as the step: a tree's children lie in the tree, whoever built it, and callers have
    // checked that the row has the forest's width.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint NextOfComplete(ref IsolationNode root, nint node, ref double row)
    {
        ref readonly var at = ref Unsafe.Add(ref root, node);
        return at.Left + (Unsafe.Add(ref row, at.Feature) > at.Threshold ? 1 : 0);
    }

    private int Next(int node, ReadOnlySpan<double> row)
    {
        var (threshold, feature, left) = _nodes[node];
        var value = row[feature];
        if (double.IsNaN(value))
        {
            return _nodes[node].IsLeafAt(node) ? node : left + MissingStep(left);
        }

        return left + (value > threshold ? 1 : 0);
    }

    /// <summary>A missing value goes with the larger part of the sample, to the left in a draw.</summary>
    private int MissingStep(int left) => MissingStep(sizes, left);

    private static int MissingStep(int[] sizes, int left) => sizes[left + 1] > sizes[left] ? 1 : 0;

    private static IsolationNode[] Sided(IsolationNode[] nodes, int[] sizes)
    {
        var sided = new IsolationNode[nodes.Length];
        for (var place = 0; place < nodes.Length; place++)
        {
            var node = nodes[place];
            sided[place] = node with { Feature = 2 * node.Feature + (node.IsLeafAt(place) ? 0 : MissingStep(sizes, node.Left)) };
        }

        return sided;
    }
}
