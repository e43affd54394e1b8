using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Calendars;

/// <summary>A day of which a calendar says something.</summary>
/// <param name="Day">The day.</param>
/// <param name="IsBusinessDay">false: closed; true: open, although the rule or the weekend says otherwise.</param>
/// <param name="Name">The holiday, or why it is open.</param>
/// <param name="IsOneOff">Declared for this day alone, by this calendar or the published one of its rule.</param>
/// <param name="IsSubstitute">It stands for a holiday that falls on a weekend.</param>
/// <param name="Source">Of a one-off day: who declared it, and where.</param>
internal sealed record CalendarDay(DateOnly Day, bool IsBusinessDay, string Name, bool IsOneOff, bool IsSubstitute, string? Source) : IExample<CalendarDay>
{
    /// <inheritdoc/>
    public static CalendarDay Example { get; } = new(new(2026, 12, 28), false, "Boxing Day", false, true, null);
}

/// <summary>A calendar in a year.</summary>
/// <param name="Calendar">The calendar.</param>
/// <param name="Year">The year.</param>
/// <param name="BusinessDays">Its business days; null outside 1990 to 2100, for which they are not kept.</param>
/// <param name="Days">Its holidays, those on a weekend too, and days that are open by exception.</param>
internal sealed record CalendarYear(CalendarRow Calendar, int Year, int? BusinessDays, IReadOnlyList<CalendarDay> Days) : IExample<CalendarYear>
{
    private const int FirstKept = 1990;
    private const int LastKept = 2100;

    /// <inheritdoc/>
    public static CalendarYear Example { get; } = new(CalendarRow.Example, 2026, 256, [new(new(2026, 1, 1), false, "New Year's Day", false, false, null)]);

    /// <summary>One calendar with its holidays.</summary>
    /// <remarks>Of a year, computed by its rule, with the one-off days. Saturdays and Sundays are closed in every calendar and not listed, unless they are holidays or open by exception.</remarks>
    public static async Task<Results<Ok<CalendarYear>, ProblemHttpResult>> GetAsync(
        [Description("The calendar's code.")] string code,
        Reader reader,
        TimeProvider clock,
        [FromQuery(Name = "year"), Description("The year; without it the current one (UTC)."), Range(1583, 9000)] int? year,
        CancellationToken cancellationToken)
    {
        if (await CalendarRow.FindAsync(code, reader, cancellationToken) is not { } calendar) return CalendarRow.NotFound(code);

        var shown = year ?? clock.GetUtcNow().Year;
        var days = await reader.StreamAsync(DaysOf(code, new(shown, 1, 1), new(shown + 1, 1, 1)), cancellationToken).ToListAsync(cancellationToken);
        var open = shown is >= FirstKept and <= LastKept
            ? await reader.FindAsync(
                new RowQuery<Counted>("(select pipeline.count_business_days(@code, @first, @last) + pipeline.is_business_day(@code, @first)::int as count) as counted")
                    .With("code", code)
                    .With("first", new DateOnly(shown, 1, 1))
                    .With("last", new DateOnly(shown, 12, 31)),
                cancellationToken)
            : null;
        return TypedResults.Ok(new CalendarYear(calendar, shown, open?.Count, days));
    }

    /// <summary>What a calendar says of days, by day.</summary>
    public static RowQuery<CalendarDay> DaysOf(string code, DateOnly from, DateOnly until) =>
        new RowQuery<CalendarDay>("pipeline.list_calendar_days(@code, @from, @until)", new OrderColumn("day"))
            .With("code", code)
            .With("from", from)
            .With("until", until);

    private sealed record Counted(int Count);
}
