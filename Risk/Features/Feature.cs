namespace Payments.Risk.Features;

/// <summary>What is known about a payment in one number, at the instant of the payment.</summary>
/// <param name="Name">Its name in rules, contributions and drift figures: snake_case.</param>
/// <param name="Unit">What the number counts: payments, money, ratio, seconds, a flag of 0 or 1.</param>
/// <param name="Description">What it says, for who writes a rule.</param>
/// <param name="NeedsLabels">Whether it is made from fraud labels: without any it tells nothing.</param>
public sealed record Feature(string Name, string Unit, string Description, bool NeedsLabels = false);
