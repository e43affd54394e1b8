namespace Payments.Risk.Models;

/// <summary>What a feature did to a score.</summary>
/// <param name="Place">The feature's place in the catalogue.</param>
/// <param name="Points">Points of the score, positive or negative.</param>
/// <param name="Source">Which model says so: model (supervised) or anomaly (forest).</param>
/// <param name="Typical">The feature's median among the payments that the model has learned from, or null.</param>
public readonly record struct FeatureContribution(int Place, double Points, string Source, double? Typical);
