namespace Payments.Risk.Rules;

/// <summary>One comparison that a hit rests on, in words.</summary>
/// <param name="Name">What was looked at, as the expression names it.</param>
/// <param name="Observed">What it is.</param>
/// <param name="Threshold">What it is compared with: <c>over 10,000</c>; empty where the value alone says it.</param>
internal readonly record struct RuleFinding(string Name, string Observed, string Threshold)
{
    public string Sentence => Threshold.Length == 0 ? $"{Name} is {Observed}" : $"{Name} is {Observed}, {Threshold}";
}
