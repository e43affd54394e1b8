using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;
using Payments.Risk.Rules;

namespace Payments.Api.Rules;

/// <summary>A rule as it counts now, and what it did within 24 hours.</summary>
/// <param name="RuleCode">Its name in reasons and alerts.</param>
/// <param name="Version">Raised by every change; who changes the rule says which one they saw.</param>
/// <param name="Description">What it is about.</param>
/// <param name="Expression">When it hits, in the language of docs/rules.md.</param>
/// <param name="Mode">live: hits count; shadow: hits are counted and change nothing; off: not looked at.</param>
/// <param name="Points">What a hit adds to the score of the rules, 0 to 100.</param>
/// <param name="FloorScore">The least score of a payment that it hits; null: none.</param>
/// <param name="Severity">LOW, MEDIUM, HIGH or CRITICAL.</param>
/// <param name="IsFlag">Whether a hit makes the payment suspicious.</param>
/// <param name="MaxShare">The share of payments above which it stops counting, over 0 to 1.</param>
/// <param name="ValidFrom">It counts from then on, UTC; null: at once.</param>
/// <param name="ValidUntil">It no longer counts from then on, UTC; null: for good.</param>
/// <param name="Author">Whose change this version is.</param>
/// <param name="Note">Why it was changed.</param>
/// <param name="CreatedAt">When this version was made, UTC.</param>
/// <param name="RecentEvaluated">Payments scored within 24 hours that this version was asked about.</param>
/// <param name="RecentHits">Of those, payments that it hit.</param>
/// <param name="RecentCapped">Of the hits, those that did not count because there were too many.</param>
/// <param name="IsCapped">Whether it hits more than its share now, and does not count until that falls.</param>
internal sealed record RuleRow(
    string RuleCode,
    int Version,
    string Description,
    string Expression,
    string Mode,
    decimal Points,
    decimal? FloorScore,
    string Severity,
    bool IsFlag,
    decimal MaxShare,
    DateTime? ValidFrom,
    DateTime? ValidUntil,
    string Author,
    string? Note,
    DateTime CreatedAt,
    long RecentEvaluated,
    long RecentHits,
    long RecentCapped,
    bool IsCapped) : IExample<RuleRow>
{
    private readonly (bool UsesScore, bool NeedsLabels, string? Problem) _reading = Read(Expression);

    /// <inheritdoc/>
    public static RuleRow Example { get; } = new(
        "REPEATED_FAILURES", 2, "Several failed payments of the customer within a day", "customer_failed_24h >= 3", "live", 25.00m, null, "MEDIUM", false, 0.2000m, null, null,
        "anna", "three, as the team agreed", new(2026, 1, 31, 9, 12, 0, DateTimeKind.Utc), 48_211, 731, 0, false);

    /// <summary>Whether it asks for the score, and so comes last.</summary>
    public bool UsesScore => _reading.UsesScore;

    /// <summary>Whether it looks at features that are made from fraud labels: without any it never hits.</summary>
    public bool NeedsLabels => _reading.NeedsLabels;

    /// <summary>Why this version of the platform cannot read its expression, and so leaves it out; null where it can.</summary>
    public string? Problem => _reading.Problem;

    /// <summary>Every rule.</summary>
    /// <remarks>By code, with its newest version and what that did within 24 hours, those that are off too.</remarks>
    public static RowStream<RuleRow> List(
        TimeProvider clock,
        [FromQuery(Name = "mode"), Description("Only rules of this mode."), AllowedValues("live", "shadow", "off")] string? mode)
    {
        var query = Query(clock);
        return new(mode is null ? query : query.Where("mode = @mode").With("mode", mode));
    }

    /// <summary>The rule of a code, or null.</summary>
    public static Task<RuleRow?> FindAsync(string code, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        reader.FindAsync(Query(clock).Where("rule_code = @code").With("code", code), cancellationToken);

    private static RowQuery<RuleRow> Query(TimeProvider clock) =>
        new RowQuery<RuleRow>("pipeline.list_rules(@now)", new OrderColumn("rule_code")).With("now", clock.GetUtcNow().UtcDateTime);

    private static (bool UsesScore, bool NeedsLabels, string? Problem) Read(string expression)
    {
        try
        {
            var read = RuleExpression.Parse(expression);
            return (read.UsesScore, read.NeedsLabels, null);
        }
        catch (RuleExpressionException fault)
        {
            return (false, false, ExpressionFault.Of(fault).Text);
        }
    }
}
