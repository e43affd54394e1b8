using Payments.Risk.Engine;
using Payments.Risk.Rules;

namespace Payments.Pipeline.RuleBooks;

/// <summary>What people have laid down: everything that <c>risk.versions</c> calls rules.</summary>
/// <param name="Rules">The newest version of each rule.</param>
/// <param name="Lists">Allow and block lists, and suppressions.</param>
/// <param name="Thresholds">What a score leads to.</param>
public sealed record RuleBook(RuleSet Rules, PartyLists Lists, DecisionThresholds Thresholds);
