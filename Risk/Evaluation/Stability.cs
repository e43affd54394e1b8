namespace Payments.Risk.Evaluation;

/// <summary>What a population stability index means by custom (Siddiqi: Credit Risk Scorecards, 2006). In the API and the database its name in lower case.</summary>
public enum Stability
{
    /// <summary>Below 0.1: the population is the one that the reference describes.</summary>
    Stable,

    /// <summary>From 0.1 to below 0.25: some shift, to be looked at.</summary>
    Moderate,

    /// <summary>From 0.25: another population; models and rules made for the reference may no longer fit.</summary>
    Shifted,
}

/// <summary>Tells how stable a population is.</summary>
public static class StabilityIndexes
{
    private const double LeastModerate = 0.1;
    private const double LeastShifted = 0.25;

    /// <summary>What the index means.</summary>
    /// <param name="index">0 and more.</param>
    public static Stability Read(double index) => index switch
    {
        >= LeastShifted => Stability.Shifted,
        >= LeastModerate => Stability.Moderate,
        _ => Stability.Stable,
    };
}
