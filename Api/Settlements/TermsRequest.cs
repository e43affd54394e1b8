using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Rules;

namespace Payments.Api.Settlements;

/// <summary>Terms to be agreed on.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed partial record TermsRequest : IExample<TermsRequest>
{
    private const int LongestCalendar = 30;
    private const int LongestDelay = 366;
    private const int LongestReserve = 3660;

    private static readonly string[] Cycles = ["daily", "weekly", "monthly"];
    private static readonly string[] Kinds = ["calendar", "business"];

    /// <inheritdoc/>
    public static TermsRequest Example { get; } = new()
    {
        ValidFrom = new(2026, 2, 1),
        Cycle = "weekly",
        WeekDay = 7,
        DelayDays = 2,
        DelayKind = "business",
        Calendar = "TARGET2",
        TimeZone = "Europe/Berlin",
        CutOff = "22:00",
        ReservePercent = 5,
        ReserveDays = 90,
        Note = "contract 2026/4",
    };

    /// <summary>First processing day.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>First processing day on which they no longer hold; without it they hold until later terms begin.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <summary>daily, weekly or monthly; daily without it.</summary>
    public string Cycle { get; init; } = "daily";

    /// <summary>Of a weekly cycle the last day of the period, 1 Monday to 7 Sunday.</summary>
    public int? WeekDay { get; init; }

    /// <summary>Days from the last day of the period to the expected date, 0 to 366; 2 without it.</summary>
    public int DelayDays { get; init; } = 2;

    /// <summary>calendar or business days; calendar without it.</summary>
    public string DelayKind { get; init; } = "calendar";

    /// <summary>A calendar of <c>GET /api/calendars</c>; without it business days are Monday to Friday, and calendar days are not rolled.</summary>
    public string? Calendar { get; init; }

    /// <summary>An IANA name; UTC without it.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Local time, HH:mm, from which on a payment belongs to the next processing day; without it midnight.</summary>
    public string? CutOff { get; init; }

    /// <summary>Percent of the total of each settlement that is held back, 0 to 100.</summary>
    public decimal ReservePercent { get; init; }

    /// <summary>Days from the end of the period until it is released, 0 to 3660.</summary>
    public int ReserveDays { get; init; }

    /// <summary>Why, for the list of changes.</summary>
    public string? Note { get; init; }

    /// <summary>Refuses terms that the store would not keep.</summary>
    /// <exception cref="InvalidParameterException">It says which member, and how to put it right.</exception>
    public void Check()
    {
        Validity.Check(ValidFrom, ValidUntil);
        RequireWord("cycle", Cycle, Cycles);
        if (Cycle == "weekly" && WeekDay is not (>= 1 and <= 7)) throw new InvalidParameterException("week_day", "is required of a weekly cycle: the last day of the period, 1 for Monday to 7 for Sunday");
        if (Cycle != "weekly" && WeekDay is not null) throw new InvalidParameterException("week_day", "is for a weekly cycle: leave it out");
        RequireWithin("delay_days", DelayDays, LongestDelay);
        RequireWord("delay_kind", DelayKind, Kinds);
        if (Calendar is { } calendar && (calendar.Length == 0 || !RequestTexts.Fits(calendar, LongestCalendar))) throw new InvalidParameterException("calendar", "is the code of no calendar: GET /api/calendars lists them");
        if (TimeZone is null || TimeZone.Length > 50 || !Zone().IsMatch(TimeZone)) throw new InvalidParameterException("time_zone", "must be an IANA name, for example Europe/Berlin");
        if (CutOff is not null && !TimeOnly.TryParseExact(CutOff, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            throw new InvalidParameterException("cut_off", "must be a local time as HH:mm, for example 22:00");
        }

        Percent.Check("reserve_percent", ReservePercent);
        RequireWithin("reserve_days", ReserveDays, LongestReserve);
        RequestTexts.CheckNote("note", Note);
    }

    private static void RequireWord(string name, string? word, string[] words)
    {
        if (word is null) throw new InvalidParameterException(name, $"must be one of {string.Join(", ", words)}");
        RuleTexts.RequireOneOf(name, word, words);
    }

    private static void RequireWithin(string name, int value, int largest)
    {
        if (value < 0 || value > largest) throw new InvalidParameterException(name, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from 0 to {largest}"));
    }

    [GeneratedRegex("^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$")]
    private static partial Regex Zone();
}
