using Payments.Risk.Engine;

namespace Payments.Risk.Evaluation;

/// <summary>A payment as it was decided, with what became known of it.</summary>
/// <param name="Score">0 to 100; higher means more likely a fraud.</param>
/// <param name="Decision">What was decided.</param>
/// <param name="IsFraud">Whether it was one.</param>
public readonly record struct JudgedPayment(double Score, Decision Decision, bool IsFraud);
