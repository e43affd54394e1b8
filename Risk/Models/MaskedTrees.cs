using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Payments.Risk.Models;

/// <summary>
/// An ensemble's trees as masks of leaves, for many rows at once: every split whose value is over its threshold strikes out the leaves on its left, and
/// the first leaf that is left is the row's (QuickScorer: Lucchese et al., SIGIR 2015). All splits are asked, and none of them is a step that another waits for, or a branch.
/// </summary>
/// <remarks>A row's sum is the one of <see cref="TreeEnsemble.Sum(ReadOnlySpan{float})"/> to the last bit: leaves are added in the order of the trees.</remarks>
internal sealed class MaskedTrees
{
    /// <summary>Rows that are summed at once.</summary>
    public const int Rows = 16;

    private const int MostLeaves = 32;

    private readonly Split[] _splits;
    private readonly int[] _ends;
    private readonly double[] _leaves;

    private MaskedTrees(Split[] splits, int[] ends, double[] leaves) => (_splits, _ends, _leaves) = (splits, ends, leaves);

    /// <summary>The trees as masks; null where one has more leaves than a mask has bits.</summary>
    public static MaskedTrees? Of(TreeEnsemble trees)
    {
        var splits = new List<Split>();
        var ends = new int[trees.Roots.Length];
        var leaves = new double[trees.Roots.Length * MostLeaves];
        for (var tree = 0; tree < ends.Length; tree++)
        {
            var count = 0;
            if (!Take(trees, trees.Roots[tree], splits, leaves.AsSpan(tree * MostLeaves, MostLeaves), ref count)) return null;
            ends[tree] = splits.Count;
        }

        return new([.. splits], ends, leaves);
    }

    /// <summary>The values of <see cref="Rows"/> rows.</summary>
    /// <param name="columns">Feature after feature, of each the rows' values; none is missing.</param>
    /// <param name="sums">One a row.</param>
    public void Sum(ReadOnlySpan<float> columns, Span<double> sums)
    {
        Span<uint> left = stackalloc uint[Rows];
        ref var first = ref MemoryMarshal.GetReference(columns);
        ref var mask = ref MemoryMarshal.GetReference(left);
        sums = sums[..Rows];
        sums.Clear();
        var split = 0;
        for (var tree = 0; tree < _ends.Length; tree++)
        {
            var lower = Vector256<uint>.AllBitsSet;
            var upper = Vector256<uint>.AllBitsSet;
            foreach (ref readonly var asked in _splits.AsSpan(split, _ends[tree] - split))
            {
                var threshold = Vector256.Create(asked.Threshold);
                var struck = Vector256.Create(asked.OnTheLeft);
                lower &= ~(Vector256.GreaterThan(Vector256.LoadUnsafe(ref first, (nuint)asked.Column), threshold).AsUInt32() & struck);
                upper &= ~(Vector256.GreaterThan(Vector256.LoadUnsafe(ref first, (nuint)(asked.Column + Vector256<float>.Count)), threshold).AsUInt32() & struck);
            }

            split = _ends[tree];
            lower.StoreUnsafe(ref mask);
            upper.StoreUnsafe(ref mask, (nuint)Vector256<uint>.Count);
            ref var leaves = ref _leaves[tree * MostLeaves];
            // The right-most leaf is never struck out: there is always one.
            for (var row = 0; row < sums.Length; row++) sums[row] += Unsafe.Add(ref leaves, BitOperations.TrailingZeroCount(left[row]));
        }
    }

    // From left to right: leaves get the numbers of the bits.
    private static bool Take(TreeEnsemble trees, int place, List<Split> splits, Span<double> leaves, ref int count)
    {
        var node = trees.Nodes[place];
        if (node.Feature < 0)
        {
            if (count == MostLeaves) return false;
            leaves[count++] = trees.Values[place];
            return true;
        }

        var (own, from) = (splits.Count, count);
        splits.Add(default);
        if (!Take(trees, node.Left, splits, leaves, ref count)) return false;
        splits[own] = new(node.Threshold, node.Feature * Rows, (uint)((1UL << count) - (1UL << from)));
        return Take(trees, node.Left + 1, splits, leaves, ref count);
    }

    private readonly record struct Split(float Threshold, int Column, uint OnTheLeft);
}
