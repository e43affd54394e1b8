namespace Payments.Risk.Models;

/// <summary>A node of a regression tree: a split sends values up to the threshold to <see cref="Left"/> and greater ones to the node behind it; a leaf has no feature.</summary>
/// <param name="Threshold">The greatest value that goes left.</param>
/// <param name="Feature">The place among the model's features; -1 for a leaf.</param>
/// <param name="Left">The place of the left child; the right one follows it.</param>
internal readonly record struct TreeNode(float Threshold, int Feature, int Left)
{
    public const int Leaf = -1;
}
