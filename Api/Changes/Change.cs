using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Changes;

/// <summary>A change of what money, dates and deadlines go by.</summary>
/// <param name="ChangeId">Later changes have larger numbers.</param>
/// <param name="Subject">terms, fee, calendar, calendar_day, policy, incident, difference and the like.</param>
/// <param name="SubjectKey">What was changed: an id or a code; parts are joined by a slash.</param>
/// <param name="Action">created, changed, removed, ended, resolved and the like.</param>
/// <param name="Actor">The caller's name; system for what a run did by itself.</param>
/// <param name="Note">What they said about it.</param>
/// <param name="Before">What it was; null for what is new.</param>
/// <param name="After">What it is; null for what is gone.</param>
/// <param name="ActedAt">UTC.</param>
internal sealed record Change(
    long ChangeId,
    string Subject,
    string SubjectKey,
    string Action,
    string Actor,
    string? Note,
    JsonElement? Before,
    JsonElement? After,
    DateTime ActedAt) : IExample<Change>
{
    /// <inheritdoc/>
    public static Change Example { get; } = new(
        12, "calendar_day", "ENGLAND_AND_WALES/2022-09-19", "created", "anna", "announced on 10 September", null,
        JsonElement.Parse("""{"calendar": "ENGLAND_AND_WALES", "day": "2022-09-19", "is_business_day": false, "name": "State funeral"}"""),
        new(2022, 9, 11, 9, 12, 0, DateTimeKind.Utc));

    /// <summary>Who changed terms, fees, calendars and policies.</summary>
    /// <remarks>Whatever money, dates and deadlines go by, and what people did with incidents and differences; newest change first, with what was before and after. <c>/api/rules/audit</c> has the changes of what scoring goes by. The Link header leads on.</remarks>
    public static RowStream<Change> List(
        [FromQuery(Name = "subject"), Description("Only changes of this: terms, fee, calendar, calendar_day and the like.")] string? subject,
        [FromQuery(Name = "subject_key"), Description("Only changes of what has this id or code.")] string? key,
        [FromQuery(Name = "action"), Description("Only changes of this kind: created, changed, removed and the like.")] string? action,
        [FromQuery(Name = "actor"), Description("Only changes that this caller made.")] string? actor,
        [FromQuery(Name = "from"), Description("First UTC day.")] DateOnly? from,
        [FromQuery(Name = "to"), Description("Last UTC day.")] DateOnly? to,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        new(
            new RowQuery<Change>("pipeline.list_changes(@subject, @key, @action, @actor, @from, @to)", new OrderColumn("change_id", Descending: true))
                .With("subject", subject)
                .With("key", key)
                .With("action", action)
                .With("actor", actor)
                .With("from", from)
                .With("to", to),
            limit,
            after);
}
