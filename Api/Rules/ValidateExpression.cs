using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Risk.Rules;

namespace Payments.Api.Rules;

/// <summary>An expression to be tried.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ExpressionRequest : IExample<ExpressionRequest>
{
    /// <inheritdoc/>
    public static ExpressionRequest Example { get; } = new() { Expression = "payment_method = 'CRYPTO' and customer_amount_ratio > 5" };

    /// <summary>When a rule would hit, in the language of docs/rules.md.</summary>
    public string? Expression { get; init; }
}

/// <summary>Whether an expression can be read.</summary>
/// <param name="IsValid">Whether it can.</param>
/// <param name="Terms">The features and attributes that it looks at.</param>
/// <param name="UsesScore">Whether it asks for the score: such a rule comes last, and has no points.</param>
/// <param name="NeedsLabels">Whether it looks at features that are made from fraud labels.</param>
/// <param name="Fault">What is wrong and where; null where it can be read.</param>
internal sealed record ExpressionAnswer(bool IsValid, IReadOnlyList<string> Terms, bool UsesScore, bool NeedsLabels, ExpressionFault? Fault) : IExample<ExpressionAnswer>
{
    /// <inheritdoc/>
    public static ExpressionAnswer Example { get; } = new(true, ["customer_amount_ratio", "payment_method"], false, false, null);
}

/// <summary><c>POST /api/rules/validate</c>.</summary>
internal static class ValidateExpression
{
    /// <summary>Tries an expression.</summary>
    /// <remarks>Says what it looks at, or what is wrong with it, where, and what to write instead. Nothing is kept.</remarks>
    public static Ok<ExpressionAnswer> Post(ExpressionRequest request)
    {
        if (request.Expression is null) throw new InvalidParameterException("expression", "is required: when a rule would hit, for example amount > 10_000");
        try
        {
            var expression = RuleExpression.Parse(request.Expression);
            return TypedResults.Ok(new ExpressionAnswer(true, [.. expression.Terms.Select(term => term.Name)], expression.UsesScore, expression.NeedsLabels, null));
        }
        catch (RuleExpressionException fault)
        {
            return TypedResults.Ok(new ExpressionAnswer(false, [], false, false, ExpressionFault.Of(fault)));
        }
    }
}
