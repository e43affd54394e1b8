using Payments.Api.Parameters;
using Payments.Risk.Rules;

namespace Payments.Api.Rules;

/// <summary>What members of requests about rules and lists must be.</summary>
internal static class RuleTexts
{
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>One of a few words, or nothing.</summary>
    public static void RequireOneOf(string name, string? word, IReadOnlyList<string> words)
    {
        if (word is not null && !words.Contains(word, StringComparer.Ordinal)) throw new InvalidParameterException(name, $"must be one of {string.Join(", ", words)}");
    }

    /// <summary>An instant that the store can hold, or nothing.</summary>
    public static void CheckInstant(string name, DateTimeOffset? instant)
    {
        if (instant < Earliest || instant > Latest) throw new InvalidParameterException(name, "must be an instant of the years 2000 to 8999, for example 2026-01-31T14:00:00Z");
    }

    /// <summary>An expression that the engine can read.</summary>
    public static RuleExpression ReadExpression(string name, string? expression)
    {
        if (string.IsNullOrWhiteSpace(expression)) throw new InvalidParameterException(name, "is required: when the rule hits, for example amount > 10_000");
        try
        {
            return RuleExpression.Parse(expression.Trim());
        }
        catch (RuleExpressionException fault)
        {
            throw new InvalidParameterException(name, $"cannot be read. {ExpressionFault.Of(fault).Text.TrimEnd('.')}");
        }
    }
}
