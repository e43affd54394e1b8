using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Rules;

/// <summary>What a version of a rule did in an hour.</summary>
/// <param name="CountedHour">The UTC hour of scoring, not of the payments.</param>
/// <param name="Version">The version.</param>
/// <param name="Mode">live, or shadow: its hits changed nothing.</param>
/// <param name="Evaluated">Payments that it was asked about.</param>
/// <param name="Hits">Of those, payments that it hit.</param>
/// <param name="Capped">Of the hits, those that did not count because there were too many.</param>
internal sealed record RuleHour(DateTime CountedHour, int Version, string Mode, long Evaluated, long Hits, long Capped) : IExample<RuleHour>
{
    /// <inheritdoc/>
    public static RuleHour Example { get; } = new(new(2026, 1, 31, 14, 0, 0, DateTimeKind.Utc), 2, "live", 2_104, 31, 0);

    /// <summary>What a rule did, hour by hour.</summary>
    /// <remarks>Newest hour first, each version by itself. Complete and streamed; <c>limit</c> pages it, and the Link header leads on. Empty for a rule that has not been asked.</remarks>
    public static RowStream<RuleHour> List(
        [Description("The rule's code.")] string code,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after) =>
        new(
            new RowQuery<RuleHour>("pipeline.list_rule_activity(@code)", new("counted_hour", Descending: true), new("version", Descending: true)).With("code", code),
            limit,
            after);
}
