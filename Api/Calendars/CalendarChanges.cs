using System.ComponentModel;
using System.Globalization;
using System.Security.Claims;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Reading;
using Payments.Api.Rules;

namespace Payments.Api.Calendars;

/// <summary>Calendars and days that people add.</summary>
internal static partial class CalendarChanges
{
    private const int MostNamed = 10;
    private static readonly DateOnly Earliest = new(1990, 1, 1);
    private static readonly DateOnly Latest = new(2100, 12, 31);

    /// <summary>Makes a calendar.</summary>
    /// <remarks>Of one's own: with the holidays of a rule, or with weekends only; one-off days are added by <c>POST /api/calendars/{code}/days</c>.</remarks>
    public static async Task<Results<Created<CalendarRow>, ProblemHttpResult>> PostAsync(
        CalendarRequest request, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (request.Calendar is null || !Code().IsMatch(request.Calendar))
        {
            throw new InvalidParameterException("calendar", "is required: 1 to 30 capitals, digits and underscores, beginning with a letter, for example NORDIC_BANKS");
        }

        RuleTexts.RequireOneOf("rule", request.Rule, CalendarRow.Rules);
        RequestTexts.CheckNote("note", request.Note);
        var made = await reader.FindAsync(
            new RowQuery<Done>("pipeline.create_calendar(@calendar, @name, @rule, @source, @note, @by, @now) as made (is_done)")
                .With("calendar", request.Calendar)
                .With("name", RequestTexts.RequireLine("calendar_name", request.CalendarName, 100))
                .With("rule", request.Rule)
                .With("source", Source(request.Source))
                .With("note", request.Note)
                .With("by", user.Identity?.Name)
                .With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken);
        return made?.IsDone is true
            ? TypedResults.Created($"/api/calendars/{request.Calendar}", await CalendarRow.FindAsync(request.Calendar, reader, cancellationToken))
            : Problem.Of(StatusCodes.Status409Conflict, $"There is a calendar {request.Calendar}: GET /api/calendars/{request.Calendar} shows it; take another code.");
    }

    /// <summary>Deletes a calendar.</summary>
    /// <remarks>One of one's own, with its one-off days; the answer is the calendar as it was. 409 where it came with the platform, or settlement terms, also such as have ended, name it: <c>terms_ids</c> and <c>merchant_ids</c> tell which.</remarks>
    public static async Task<Results<Ok<CalendarRow>, ProblemHttpResult>> DeleteAsync(
        [Description("The calendar's code.")] string code, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var calendar = await CalendarRow.FindAsync(code, reader, cancellationToken);
        var deleted = await reader.FindAsync(
            new RowQuery<Deleted>("pipeline.delete_calendar(@calendar, @by, @now)")
                .With("calendar", code)
                .With("by", user.Identity?.Name)
                .With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken);
        if (calendar is null || deleted is null) return CalendarRow.NotFound(code);
        if (deleted.IsDone) return TypedResults.Ok(calendar);
        if (deleted.IsPublished) return Problem.Of(StatusCodes.Status409Conflict, $"{code} came with the platform, and stays: make one of your own by POST /api/calendars.");
        var merchants = deleted.MerchantIds ?? [];
        var named = string.Join(", ", merchants.Take(MostNamed)) + (merchants.Length > MostNamed ? ", …" : "");
        return Problem.Of(
            StatusCodes.Status409Conflict,
            string.Create(CultureInfo.InvariantCulture, $"{code} is used by {deleted.TermsIds?.Length} settlement terms (GET /api/merchants/{{id}}/settlement-terms) of {merchants.Length} merchants: {named}. What was due by it stays so: a calendar that terms name is not deleted."),
            ("terms_ids", deleted.TermsIds),
            ("merchant_ids", merchants));
    }

    /// <summary>Declares a one-off day.</summary>
    /// <remarks>Closed, or open by exception; it overrides rule and weekend, in a published calendar also for every calendar of its rule. The next settle run computes the expected dates of PENDING settlements by it; what is COMPLETED does not change.</remarks>
    public static async Task<Results<Created<CalendarDay>, ProblemHttpResult>> PostDayAsync(
        [Description("The calendar's code.")] string code, CalendarDayRequest request, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (request.Day is not { } day) throw new InvalidParameterException("day", "is required: a date as YYYY-MM-DD, for example 2026-01-31");
        if (day < Earliest || day > Latest) throw new InvalidParameterException("day", "must be a day of the years 1990 to 2100");
        if (request.IsBusinessDay is not { } isBusinessDay) throw new InvalidParameterException("is_business_day", "is required: false for a closed day, true for one that is open by exception");
        RequestTexts.CheckNote("note", request.Note);
        var name = RequestTexts.RequireLine("name", request.Name, 100);
        if (await CalendarRow.FindAsync(code, reader, cancellationToken) is null) return CalendarRow.NotFound(code);

        var path = string.Create(CultureInfo.InvariantCulture, $"/api/calendars/{code}/days/{day:yyyy-MM-dd}");
        var added = await reader.FindAsync(
            new RowQuery<Done>("pipeline.add_calendar_day(@calendar, @day, @open, @name, @source, @note, @by, @now) as added (is_done)")
                .With("calendar", code)
                .With("day", day)
                .With("open", isBusinessDay)
                .With("name", name)
                .With("source", Source(request.Source))
                .With("note", request.Note)
                .With("by", user.Identity?.Name)
                .With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken);
        return added?.IsDone is true
            ? TypedResults.Created(path, await reader.FindAsync(CalendarYear.DaysOf(code, day, day.AddDays(1)), cancellationToken))
            : Problem.Of(StatusCodes.Status409Conflict, $"The day is declared in {code} already: DELETE {path} first, then declare it anew.");
    }

    /// <summary>Takes a one-off day back.</summary>
    /// <remarks>Rule and weekend hold again. The next settle run computes the expected dates of PENDING settlements by them; what is COMPLETED does not change. The answer is the day as it was.</remarks>
    public static async Task<Results<Ok<CalendarDay>, ProblemHttpResult>> DeleteDayAsync(
        [Description("The calendar's code.")] string code,
        [Description("The day, YYYY-MM-DD.")] string day,
        Reader reader,
        TimeProvider clock,
        ClaimsPrincipal user,
        CancellationToken cancellationToken)
    {
        if (!DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            throw new InvalidParameterException("day", "must be a date as YYYY-MM-DD, for example 2026-01-31");
        }

        var removed = await reader.FindAsync(
            new RowQuery<CalendarDay>("pipeline.remove_calendar_day(@calendar, @day, @by, @now)")
                .With("calendar", code)
                .With("day", date)
                .With("by", user.Identity?.Name)
                .With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken);
        return removed is not null
            ? TypedResults.Ok(removed)
            : Problem.NotFound($"one-off day {day} of a calendar {code}; holidays by rule are overridden by POST /api/calendars/{code}/days");
    }

    private static string? Source(string? source)
    {
        if (source is null) return null;
        return RequestTexts.RequireLine("source", source, 500);
    }

    [GeneratedRegex("^[A-Z][A-Z0-9_]{0,29}$")]
    private static partial Regex Code();

    private sealed record Done(bool? IsDone);

    private sealed record Deleted(bool IsDone, bool IsPublished, long[]? TermsIds, string[]? MerchantIds);
}
