namespace Payments.Risk.Models;

/// <summary>How a model is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>The frauds that a supervised model needs at the least, of which a fifth on the held-out days.</summary>
    public int LeastFrauds { get; init; } = 50;

    /// <summary>The share of the days, the last ones, that are held out to weigh evidence and to calibrate.</summary>
    public double HeldOut { get; init; } = 0.3;

    /// <summary>The share of the legitimate payments that is there to learn from; calibration makes up for the others.</summary>
    public double LegitimateShare { get; init; } = 1;

    /// <summary>The trees of the supervised model.</summary>
    public BoostingOptions Boosting { get; init; } = new();

    /// <summary>The trees of the forest.</summary>
    public int ForestTrees { get; init; } = 100;

    /// <summary>The forest's seed.</summary>
    public ulong ForestSeed { get; init; } = 1;
}
