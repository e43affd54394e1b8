using Payments.Risk.Rules;

namespace Payments.Pipeline.RuleBooks;

/// <summary>The words that stand for the rules' choices in the store and in the API.</summary>
public static class RuleWords
{
    /// <summary>live, shadow, off.</summary>
    public static readonly IReadOnlyList<string> Modes = ["live", "shadow", "off"];

    /// <summary>LOW, MEDIUM, HIGH, CRITICAL.</summary>
    public static readonly IReadOnlyList<string> Severities = ["LOW", "MEDIUM", "HIGH", "CRITICAL"];

    /// <summary>allow, block.</summary>
    public static readonly IReadOnlyList<string> Lists = ["allow", "block"];

    /// <summary>customer, merchant, country.</summary>
    public static readonly IReadOnlyList<string> PartyKinds = ["customer", "merchant", "country"];

    /// <summary>The mode of a word of <see cref="Modes"/>.</summary>
    public static RuleMode Mode(string word) => Enum.Parse<RuleMode>(word, ignoreCase: true);

    /// <summary>The severity of a word of <see cref="Severities"/>.</summary>
    public static RuleSeverity Severity(string word) => Enum.Parse<RuleSeverity>(word, ignoreCase: true);

    /// <summary>The list of a word of <see cref="Lists"/>.</summary>
    public static PartyList List(string word) => Enum.Parse<PartyList>(word, ignoreCase: true);

    /// <summary>The kind of party of a word of <see cref="PartyKinds"/>.</summary>
    public static PartyKind Kind(string word) => Enum.Parse<PartyKind>(word, ignoreCase: true);

    /// <summary>A party as it is stored and looked for: a country in capitals, an id as it is.</summary>
    public static string Party(string kind, string party) => kind == "country" ? party.ToUpperInvariant() : party;
}
