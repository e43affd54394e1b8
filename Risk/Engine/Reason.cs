namespace Payments.Risk.Engine;

/// <summary>Why a payment has its score, in words that a reviewer can paste.</summary>
/// <param name="Code">The rule's code, the feature's name or the list's kind.</param>
/// <param name="Kind">Where it comes from: rule, list, model, anomaly or habit.</param>
/// <param name="Text">A sentence with the observed value and what it is compared with.</param>
/// <param name="Contribution">Points of the score, 0 to 100, that this reason is answerable for; negative where it lowered the score.</param>
/// <param name="Observed">The observed value as text, or null.</param>
/// <param name="Threshold">What it is compared with as text, or null.</param>
public sealed record Reason(string Code, string Kind, string Text, double Contribution, string? Observed = null, string? Threshold = null);
