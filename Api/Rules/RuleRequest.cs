using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Reading;
using Payments.Pipeline.RuleBooks;

namespace Payments.Api.Rules;

/// <summary>What a rule should be.</summary>
internal abstract partial record RuleContent
{
    private const int LongestDescription = 200;

    /// <summary>What it is about, in a few words that reasons begin with; at most 200 characters.</summary>
    public string? Description { get; init; }

    /// <summary>When it hits, in the language of docs/rules.md; POST /api/rules/validate tells whether it can be read.</summary>
    public string? Expression { get; init; }

    /// <summary>live, shadow (without it) or off.</summary>
    public string? Mode { get; init; }

    /// <summary>What a hit adds to the score of the rules, 0 (without it) to 100; a rule over the score has none.</summary>
    public decimal? Points { get; init; }

    /// <summary>The least score of a payment that it hits, 0 to 100; without it none.</summary>
    public decimal? FloorScore { get; init; }

    /// <summary>LOW, MEDIUM (without it), HIGH or CRITICAL.</summary>
    public string? Severity { get; init; }

    /// <summary>Whether a hit makes the payment suspicious; without it false.</summary>
    public bool? IsFlag { get; init; }

    /// <summary>The share of the payments of 24 hours above which it stops counting, 0.0001 to 1; without it 0.2. 1 lets it hit everything.</summary>
    public decimal? MaxShare { get; init; }

    /// <summary>It counts from this instant on; without it at once.</summary>
    public DateTimeOffset? ValidFrom { get; init; }

    /// <summary>It no longer counts from this instant on; without it for good.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>Why, for whoever looks at the rule later; at most 1,000 characters.</summary>
    public string? Note { get; init; }

    /// <summary>Refuses a rule that the engine would not take.</summary>
    /// <exception cref="InvalidParameterException">It says which member, and how to put it right.</exception>
    public void Check()
    {
        RequestTexts.RequireLine("description", Description, LongestDescription);
        var expression = RuleTexts.ReadExpression("expression", Expression);
        RuleTexts.RequireOneOf("mode", Mode, RuleWords.Modes);
        RuleTexts.RequireOneOf("severity", Severity, RuleWords.Severities);
        RequireScore("points", Points);
        RequireScore("floor_score", FloorScore);
        if (expression.UsesScore && Points > 0)
        {
            throw new InvalidParameterException("points", "must be 0 in a rule over score, since points are part of the score that it looks at; give it a floor_score instead");
        }

        if (MaxShare is < 0.0001m or > 1) throw new InvalidParameterException("max_share", "must be a number from 0.0001 to 1, for example 0.2");
        RuleTexts.CheckInstant("valid_from", ValidFrom);
        RuleTexts.CheckInstant("valid_until", ValidUntil);
        if (ValidUntil <= ValidFrom) throw new InvalidParameterException("valid_until", "must be later than valid_from");
        RequestTexts.CheckNote("note", Note);
    }

    /// <summary>The statement that saves it as the version after the one seen.</summary>
    public RowQuery<SavedVersion> Save(string code, int seenVersion, string? author, DateTime now) =>
        new RowQuery<SavedVersion>(
                "pipeline.save_rule(@code, @seen, @description, @expression, @mode, @points, @floor, @severity, @flag, @share, @from, @until, @by, @note, @now) as saved (version)")
            .With("code", code)
            .With("seen", seenVersion)
            .With("description", Description!.Trim())
            .With("expression", Expression!.Trim())
            .With("mode", Mode ?? "shadow")
            .With("points", Points ?? 0)
            .With("floor", FloorScore)
            .With("severity", Severity ?? "MEDIUM")
            .With("flag", IsFlag ?? false)
            .With("share", MaxShare ?? 0.2m)
            .With("from", ValidFrom?.UtcDateTime)
            .With("until", ValidUntil?.UtcDateTime)
            .With("by", author)
            .With("note", Note)
            .With("now", now);

    private static void RequireScore(string name, decimal? value)
    {
        if (value is < 0 or > 100 || value is { } number && decimal.Round(number, 2) != number)
        {
            throw new InvalidParameterException(name, "must be a number from 0 to 100 with at most two decimals");
        }
    }

    /// <summary>A rule's code.</summary>
    [GeneratedRegex("^[A-Z][A-Z0-9_]{1,49}$")]
    protected static partial Regex CodePattern();
}

/// <summary>A rule to be made.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record NewRule : RuleContent, IExample<NewRule>
{
    /// <inheritdoc/>
    public static NewRule Example { get; } = new()
    {
        Code = "CRYPTO_OVER_HABIT",
        Description = "Cryptocurrency far over the customer's habit",
        Expression = "payment_method = 'CRYPTO' and customer_amount_ratio > 5",
        Mode = "shadow",
        Points = 20,
        Severity = "HIGH",
        Note = "two cases in January",
    };

    /// <summary>Its name in reasons and alerts: capitals, digits and _, 2 to 50 characters, a capital first. It never changes.</summary>
    public string? Code { get; init; }

    /// <summary>Refuses a code that is none.</summary>
    /// <exception cref="InvalidParameterException">It is none.</exception>
    public string CheckedCode() => Code is not null && CodePattern().IsMatch(Code)
        ? Code
        : throw new InvalidParameterException("code", "must be 2 to 50 capitals, digits and _ with a capital first, for example AMOUNT_OVER_10000");
}

/// <summary>What a rule should be from now on; what is left out has its usual value, not its former one.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ChangedRule : RuleContent, IExample<ChangedRule>
{
    /// <inheritdoc/>
    public static ChangedRule Example { get; } = new()
    {
        Version = 1,
        Description = "Several failed payments of the customer within a day",
        Expression = "customer_failed_24h >= 4",
        Mode = "live",
        Points = 25,
        Note = "three were too few",
    };

    /// <summary>The version that is changed: another one since is a 409.</summary>
    public int? Version { get; init; }
}

/// <summary>A rule's mode from now on.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ChangedMode : IExample<ChangedMode>
{
    /// <inheritdoc/>
    public static ChangedMode Example { get; } = new() { Version = 2, Mode = "live", Note = "the shadow hit what it should" };

    /// <summary>The version that is changed: another one since is a 409.</summary>
    public int? Version { get; init; }

    /// <summary>live, shadow or off.</summary>
    public string? Mode { get; init; }

    /// <summary>Why, for whoever looks at the rule later; at most 1,000 characters.</summary>
    public string? Note { get; init; }
}

/// <summary>The version that a change made; null where somebody else was first.</summary>
internal sealed record SavedVersion(int? Version);
