namespace Payments.Risk.Models;

/// <summary>What the models make of a payment and of the points that rules gave it.</summary>
/// <param name="Score">0 to 100, unrounded.</param>
/// <param name="AnomalyScore">The share of payments that are less unusual, 0 to 1; null without a forest.</param>
/// <param name="FraudProbability">Calibrated, 0 to 1; null without a supervised model.</param>
public readonly record struct ModelVerdict(double Score, double? AnomalyScore, double? FraudProbability);
