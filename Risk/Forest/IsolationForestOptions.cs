namespace Payments.Risk.Forest;

/// <summary>How an <see cref="IsolationForest"/> is fitted. The defaults are those of Liu, Ting, Zhou 2008.</summary>
public sealed record IsolationForestOptions
{
    /// <summary>The number of trees, 1 to 100,000; path lengths settle well before 100.</summary>
    public int Trees { get; init; } = 100;

    /// <summary>Rows drawn without replacement for each tree, 2 to 1,048,576; all rows where there are fewer.</summary>
    public int SubsampleSize { get; init; } = 256;

    /// <summary>
    /// The same seed, options and rows give the same trees, on every platform and whatever the parallelism; scores can then differ
    /// between platforms by the rounding of their logarithm only.
    /// </summary>
    public ulong Seed { get; init; }

    /// <summary>Threads to fit with at the most; -1 leaves it to the runtime.</summary>
    public int MaxDegreeOfParallelism { get; init; } = -1;
}
