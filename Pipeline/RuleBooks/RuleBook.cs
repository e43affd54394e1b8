using Payments.Risk.Engine;
using Payments.Risk.Rules;

namespace Payments.Pipeline.RuleBooks;

/// <summary>What people have laid down: everything that <c>risk.versions</c> calls rules.</summary>
/// <param name="Rules">The newest version of each rule.</param>
/// <param name="Lists">Allow and block lists, and suppressions.</param>
/// <param name="Thresholds">What a score leads to.</param>
/// <param name="Unreadable">Rules whose expression this version of the platform cannot read: they are left out, scoring goes on.</param>
public sealed record RuleBook(RuleSet Rules, PartyLists Lists, DecisionThresholds Thresholds, IReadOnlyList<UnreadableRule> Unreadable);

/// <summary>A rule that cannot be read.</summary>
/// <param name="Code">The rule.</param>
/// <param name="Version">Its newest version.</param>
/// <param name="Fault">What is wrong with its expression.</param>
public sealed record UnreadableRule(string Code, int Version, string Fault);
