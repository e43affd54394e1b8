using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Reading;
using Payments.Pipeline.Alerts;

namespace Payments.Api.Alerts;

/// <summary>What there is to say about a rule that was stopped; it may be left out.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AcknowledgeRuleRequest : IExample<AcknowledgeRuleRequest>
{
    /// <inheritdoc/>
    public static AcknowledgeRuleRequest Example { get; } = new() { Note = "a merchant's test traffic; the rule is narrowed in version 3" };

    /// <summary>At most 1,000 characters.</summary>
    public string? Note { get; init; }
}

/// <summary>A rule that hit more than its share of the payments, and was stopped by its cap.</summary>
/// <param name="RuleAlertId">The alert.</param>
/// <param name="Status">OPEN, or ACKNOWLEDGED: somebody has seen it.</param>
/// <param name="RuleCode">The rule, for <c>/api/rules/{code}</c>, which tells whether it is capped now.</param>
/// <param name="RuleVersion">The version that was stopped.</param>
/// <param name="Severity">LOW, MEDIUM, HIGH or CRITICAL: that of the rule.</param>
/// <param name="AlertedOn">The UTC day; a rule has one alert a day.</param>
/// <param name="MaxShare">The share of the payments of 24 hours that the rule may hit, 0 to 1.</param>
/// <param name="Evaluated">Payments of the hour and the 23 before that the rule was asked about when it was stopped.</param>
/// <param name="Hits">Of those, payments that it hit.</param>
/// <param name="RaisedAt">UTC.</param>
/// <param name="AcknowledgedAt">UTC; null: nobody has yet.</param>
/// <param name="AcknowledgedBy">Who has seen it.</param>
/// <param name="Note">What they wrote down.</param>
internal sealed record RuleAlert(
    long RuleAlertId,
    string Status,
    string RuleCode,
    int RuleVersion,
    string Severity,
    DateOnly AlertedOn,
    decimal MaxShare,
    long Evaluated,
    long Hits,
    DateTime RaisedAt,
    DateTime? AcknowledgedAt,
    string? AcknowledgedBy,
    string? Note) : IExample<RuleAlert>
{
    /// <inheritdoc/>
    public static RuleAlert Example { get; } = new(
        3, "OPEN", "CARD_TESTING", 2, "HIGH", new(2026, 1, 31), 0.2m, 8_104, 1_702, new(2026, 1, 31, 14, 3, 28, DateTimeKind.Utc), null, null, null);

    /// <summary>Rules that were stopped.</summary>
    /// <remarks>A rule that hits more than its share of the payments of 24 hours does not count until the share falls, lest one bad rule block everything. Here it waits for somebody to look: one alert a rule and UTC day, newest first. The feed tells the same as events <c>rule</c>. The Link header leads on.</remarks>
    public static RowStream<RuleAlert> List(
        [FromQuery(Name = "status"), Description("Only alerts of this status; of any without it."), AllowedValues("OPEN", "ACKNOWLEDGED")] string? status,
        [FromQuery(Name = "rule_code"), Description("Only alerts about this rule.")] string? ruleCode,
        [FromQuery(Name = "from"), Description("First UTC day.")] DateOnly? from,
        [FromQuery(Name = "to"), Description("Last UTC day.")] DateOnly? to,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        new(Query().With("status", status).With("rule", ruleCode).With("from", from).With("to", to), limit, after);

    /// <summary>Acknowledges that a rule was stopped.</summary>
    /// <remarks>Audited. 409 when somebody has already. The rule goes on as it is: change it, or its mode, at <c>/api/rules/{code}</c>.</remarks>
    public static async Task<Results<Ok<RuleAlert>, ProblemHttpResult>> AcknowledgeAsync(
        [Description("The alert.")] long id, AcknowledgeRuleRequest request, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        RequestTexts.CheckNote("note", request.Note);
        var changed = await reader.FindAsync(
            new RowQuery<Changed>("pipeline.acknowledge_rule_alert(@id, @note, @by, @now)")
                .With("id", id)
                .With("note", request.Note)
                .With("by", user.Identity?.Name ?? "")
                .With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken);
        if (changed is null) return Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"alert {id} about a rule"));
        if (!changed.IsDone) return Problem.Of(StatusCodes.Status409Conflict, $"It was acknowledged by {changed.AcknowledgedBy} already.", ("acknowledged_by", changed.AcknowledgedBy));
        AlertMeters.Stepped("rule_acknowledged");
        return TypedResults.Ok((await reader.FindAsync(Query().Where("rule_alert_id = @id").With("id", id), cancellationToken))!);
    }

    private static RowQuery<RuleAlert> Query() =>
        new RowQuery<RuleAlert>("pipeline.list_rule_alerts(@status, @rule, @from, @to)", new OrderColumn("rule_alert_id", Descending: true))
            .With("status", (string?)null)
            .With("rule", (string?)null)
            .With("from", (DateOnly?)null)
            .With("to", (DateOnly?)null);

    private sealed record Changed(bool IsDone, string? AcknowledgedBy);
}
