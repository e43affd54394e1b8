using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Rules;

/// <summary>A change of what scoring goes by.</summary>
/// <param name="AuditId">Later changes have larger numbers.</param>
/// <param name="Subject">rule, list, suppression, thresholds or model.</param>
/// <param name="SubjectKey">The rule's code, the entry's id.</param>
/// <param name="Action">created, changed, removed; capped: a rule began to hit too much.</param>
/// <param name="Actor">The caller's name; system for what scoring did by itself.</param>
/// <param name="Note">What they said about it.</param>
/// <param name="Before">What it was; null for what is new.</param>
/// <param name="After">What it is.</param>
/// <param name="ActedAt">UTC.</param>
internal sealed record RiskChange(
    long AuditId,
    string Subject,
    string SubjectKey,
    string Action,
    string Actor,
    string? Note,
    JsonElement? Before,
    JsonElement? After,
    DateTime ActedAt) : IExample<RiskChange>
{
    /// <inheritdoc/>
    public static RiskChange Example { get; } = new(
        12, "rule", "REPEATED_FAILURES", "changed", "anna", "three, as the team agreed",
        JsonElement.Parse("""{"rule_version":1,"expression":"customer_failed_24h >= 4"}"""),
        JsonElement.Parse("""{"rule_version":2,"expression":"customer_failed_24h >= 3"}"""),
        new(2026, 1, 31, 9, 12, 0, DateTimeKind.Utc));

    /// <summary>Who changed what scoring goes by.</summary>
    /// <remarks>Rules, lists, suppressions, thresholds and models, newest change first, with what was before and after. Complete and streamed; <c>limit</c> pages it, and the Link header leads on.</remarks>
    public static RowStream<RiskChange> List(
        [FromQuery(Name = "subject"), Description("Only changes of this."), AllowedValues("rule", "list", "suppression", "thresholds", "model", "review_times")] string? subject,
        [FromQuery(Name = "subject_key"), Description("Only changes of the rule of this code, or of the entry of this id.")] string? key,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after) =>
        new(
            new RowQuery<RiskChange>("pipeline.list_risk_audit(@subject, @key)", new OrderColumn("audit_id", Descending: true))
                .With("subject", subject)
                .With("key", key),
            limit,
            after);
}
