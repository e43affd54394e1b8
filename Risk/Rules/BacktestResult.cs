namespace Payments.Risk.Rules;

/// <summary>What an expression would have hit over a stretch of history, and what became of that.</summary>
/// <remarks>
/// Rates are over judged payments only: those that have a label by now, and those old enough that a fraud would be known, which count as genuine.
/// </remarks>
/// <param name="Payments">Payments of the time.</param>
/// <param name="Hits">Of those, payments that it hits.</param>
/// <param name="HitShare">Hits to payments, 0 to 1; null without any payment.</param>
/// <param name="Judged">Payments of which it is known, or presumed, whether they are frauds.</param>
/// <param name="PresumedGenuine">Of the judged, those without a label that are old enough.</param>
/// <param name="Frauds">Of the judged, frauds.</param>
/// <param name="TruePositives">Frauds hit.</param>
/// <param name="FalsePositives">Genuine payments hit.</param>
/// <param name="Precision">Frauds to judged hits, 0 to 1; null without a hit or without a known fraud.</param>
/// <param name="Recall">Frauds hit to frauds, 0 to 1; null without a fraud.</param>
/// <param name="FalsePositiveRate">Genuine payments hit to genuine payments, 0 to 1; null without one.</param>
/// <param name="Amounts">What the hits amount to, currency by currency.</param>
/// <param name="Decisions">How the hits are decided in the store.</param>
/// <param name="LiveSet">What it has in common with all live rules together.</param>
/// <param name="Rules">What it has in common with each live rule, the most first.</param>
public sealed record BacktestResult(
    long Payments,
    long Hits,
    double? HitShare,
    long Judged,
    long PresumedGenuine,
    long Frauds,
    long TruePositives,
    long FalsePositives,
    double? Precision,
    double? Recall,
    double? FalsePositiveRate,
    IReadOnlyList<BacktestAmount> Amounts,
    BacktestDecisions Decisions,
    BacktestOverlap LiveSet,
    IReadOnlyList<BacktestRule> Rules);

/// <summary>What hits in one currency amount to.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="AmountSaved">Of the frauds hit.</param>
/// <param name="AmountSavedBeyondLive">Of those, frauds that no live rule hits.</param>
/// <param name="AmountHeld">Of genuine payments hit: what stopping them would keep from customers.</param>
public sealed record BacktestAmount(string Currency, decimal AmountSaved, decimal AmountSavedBeyondLive, decimal AmountHeld);

/// <summary>How hits are decided in the store.</summary>
/// <param name="Approve">Approved, or scored before there were decisions.</param>
/// <param name="Review">To be reviewed.</param>
/// <param name="Block">Blocked.</param>
public sealed record BacktestDecisions(long Approve, long Review, long Block);

/// <summary>What an expression has in common with others.</summary>
/// <param name="Hits">Payments that the others hit.</param>
/// <param name="Both">Payments that both hit.</param>
/// <param name="ShareOfHits">Both to the expression's hits, 0 to 1: how little it adds; null without a hit.</param>
/// <param name="ShareOfOthers">Both to the others' hits, 0 to 1; null without one.</param>
/// <param name="FraudsOfBoth">Frauds that both hit.</param>
/// <param name="NewHits">Payments that only the expression hits.</param>
/// <param name="NewFrauds">Frauds that only the expression hits.</param>
public record BacktestOverlap(long Hits, long Both, double? ShareOfHits, double? ShareOfOthers, long FraudsOfBoth, long NewHits, long NewFrauds);

/// <summary>What an expression has in common with a live rule.</summary>
/// <param name="RuleCode">The rule.</param>
/// <param name="Overlap">What they have in common.</param>
public sealed record BacktestRule(string RuleCode, BacktestOverlap Overlap);
