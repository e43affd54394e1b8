namespace Payments.Risk.Models;

/// <summary>A payment to learn from.</summary>
/// <param name="Instant">When it was paid, UTC.</param>
/// <param name="Features">What was known of it then, one value a feature of the catalogue.</param>
/// <param name="RulePoints">What rules gave it.</param>
/// <param name="IsFraud">Whether it is known to be a fraud.</param>
public readonly record struct TrainingPayment(DateTime Instant, ReadOnlyMemory<double> Features, double RulePoints, bool IsFraud);
