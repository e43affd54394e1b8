namespace Payments.Risk.Models;

/// <summary>How the supervised model's trees are grown. The defaults are measured over several weeks (ADR 25), not tuned to one.</summary>
public sealed record BoostingOptions
{
    /// <summary>Ensembles of different seeds whose values are averaged.</summary>
    public int Ensembles { get; init; } = 2;

    /// <summary>Trees of each ensemble.</summary>
    public int Trees { get; init; } = 200;

    /// <summary>Leaves of a tree at the most.</summary>
    public int Leaves { get; init; } = 30;

    /// <summary>Payments of a leaf at the least.</summary>
    public int LeastInLeaf { get; init; } = 10;

    /// <summary>How much of its tree each step takes.</summary>
    public double LearningRate { get; init; } = 0.03;

    /// <summary>The share of the features that a tree is grown from.</summary>
    public double FeatureShare { get; init; } = 0.7;

    /// <summary>The share of these that a split chooses from.</summary>
    public double SplitFeatureShare { get; init; } = 0.3;

    /// <summary>The share of the payments that a tree is grown from.</summary>
    public double PaymentShare { get; init; } = 0.7;

    /// <summary>The first ensemble's seed.</summary>
    public int Seed { get; init; } = 1;
}
