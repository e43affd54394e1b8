namespace Payments.Risk.Evaluation;

/// <summary>A payment with its score and what became known of it.</summary>
/// <param name="PaymentId">Unique; breaks ties of scores.</param>
/// <param name="CustomerId">Whose payment, or card, it is.</param>
/// <param name="Day">The payment's UTC day.</param>
/// <param name="Score">Higher means more likely a fraud; unrounded, since rounding makes ties.</param>
/// <param name="IsFraud">Whether it was one.</param>
public readonly record struct ScoredPayment(string PaymentId, string CustomerId, DateOnly Day, double Score, bool IsFraud);
