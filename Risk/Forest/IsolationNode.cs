namespace Payments.Risk.Forest;

/// <summary>
/// A node of an isolation tree: rows whose feature is over the threshold go to <c>Left + 1</c>, others to <c>Left</c>. A leaf points at
/// itself and nothing is over its threshold, so a walk needs no question whether it has arrived.
/// </summary>
internal readonly record struct IsolationNode(double Threshold, int Feature, int Left)
{
    public static IsolationNode Leaf(int index) => new(double.PositiveInfinity, 0, index);

    public bool IsLeafAt(int index) => Left == index;
}
