using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Calendars;

/// <summary>A calendar of business days.</summary>
/// <param name="Calendar">Its code; settlement terms name it.</param>
/// <param name="CalendarName">What people call it.</param>
/// <param name="Rule">Whose holidays, computed for any year: target2, federal_reserve or england_and_wales; null: only weekends and one-off days.</param>
/// <param name="IsPublished">The rule's own calendar: its one-off days hold in every calendar of the same rule.</param>
/// <param name="Source">Who publishes the holidays, and where they say so.</param>
/// <param name="Author">Who made it; system: it came with the platform.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="OneOffDays">One-off days of its own.</param>
internal sealed record CalendarRow(
    string Calendar,
    string CalendarName,
    string? Rule,
    bool IsPublished,
    string? Source,
    string Author,
    DateTime CreatedAt,
    long OneOffDays) : IExample<CalendarRow>
{
    /// <summary>The rules that the platform knows.</summary>
    public static readonly string[] Rules = ["target2", "federal_reserve", "england_and_wales"];

    /// <inheritdoc/>
    public static CalendarRow Example { get; } = new(
        "TARGET2", "TARGET (euro, ECB)", "target2", true, "European Central Bank: Long-term calendar for TARGET closing days, 14 December 2000", "system",
        new(2026, 1, 31, 9, 12, 0, DateTimeKind.Utc), 2);

    /// <summary>Calendars of business days.</summary>
    /// <remarks>By code. Complete and streamed; <c>limit</c> pages it, and the Link header leads on.</remarks>
    public static RowStream<CalendarRow> List(
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after) =>
        new(Query(), limit, after);

    /// <summary>The calendar, or null when there is none of this code.</summary>
    public static Task<CalendarRow?> FindAsync(string code, Reader reader, CancellationToken cancellationToken) =>
        reader.FindAsync(Query().Where("calendar = @code").With("code", code), cancellationToken);

    /// <summary>404 for an unknown calendar.</summary>
    public static ProblemHttpResult NotFound(string code) => Problem.NotFound($"calendar {code}: GET /api/calendars lists them");

    private static RowQuery<CalendarRow> Query() => new("pipeline.list_calendars()", new OrderColumn("calendar"));
}
