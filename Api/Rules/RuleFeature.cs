using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Docs;
using Payments.Risk.Rules;

namespace Payments.Api.Rules;

/// <summary>A name that expressions may use.</summary>
/// <param name="Name">As it is written; case counts.</param>
/// <param name="Type">number; flag: a number that is 0 or 1 and may stand for a condition; text.</param>
/// <param name="Unit">What a number counts; empty for a text.</param>
/// <param name="Description">What it says.</param>
/// <param name="Values">Every value that a text can have; empty where that is open.</param>
/// <param name="NeedsLabels">Whether it is made from fraud labels: without any it is unknown or 0.</param>
internal sealed record RuleFeature(string Name, string Type, string Unit, string Description, IReadOnlyList<string> Values, bool NeedsLabels) : IExample<RuleFeature>
{
    private static readonly RuleFeature[] All =
        [.. RuleVocabulary.Standard.All.Select(term => new RuleFeature(term.Name, term.Type.ToString().ToLowerInvariant(), term.Unit, term.Description, term.Values, term.NeedsLabels))];

    /// <inheritdoc/>
    public static RuleFeature Example { get; } = new("customer_failed_24h", "number", "payments", "The customer's failed payments of the 24 hours before.", [], false);

    /// <summary>What expressions may use.</summary>
    /// <remarks>Every feature of the engine and every attribute of a payment, with type and meaning. An unknown value makes a comparison false.</remarks>
    public static Ok<IEnumerable<RuleFeature>> List() => TypedResults.Ok<IEnumerable<RuleFeature>>(All);
}
