using Payments.Risk.Engine;

namespace Payments.Pipeline.Rescore;

/// <summary>A stored payment as the engine would have seen it at its instant, with what has become known of it and how it was scored.</summary>
/// <param name="Subject">The payment with its features.</param>
/// <param name="Label">What became known of it, or null.</param>
/// <param name="Stored">How it is scored in the store.</param>
public sealed record HistoricalPayment(RiskSubject Subject, KnownLabel? Label, StoredScore Stored);

/// <summary>What became known of a payment: of several labels a dispute is the last word, then the one that became known last.</summary>
/// <param name="IsFraud">Whether it is a fraud.</param>
/// <param name="KnownAt">From when on the label may be used, UTC.</param>
public readonly record struct KnownLabel(bool IsFraud, DateTime KnownAt);

/// <summary>How a payment is scored in the store.</summary>
/// <param name="RiskScore">0 to 100, two decimals.</param>
/// <param name="IsSuspicious">Whether it is flagged.</param>
/// <param name="Decision">The decision of its assessment; null without one: it was approved, or scored before there were decisions.</param>
/// <param name="IsFlagKept">Whether the flag is an analyst's or a list's, which no scoring takes back.</param>
public readonly record struct StoredScore(decimal RiskScore, bool IsSuspicious, Decision? Decision, bool IsFlagKept);
