using Payments.Api.Parameters;

namespace Payments.Api.Settlements;

/// <summary>The days between which terms or a fee hold.</summary>
internal static class Validity
{
    private static readonly DateOnly Earliest = new(1990, 1, 1);
    private static readonly DateOnly Latest = new(2100, 12, 31);

    /// <summary>Refuses days that are missing, in the wrong order, or outside of what calendars know.</summary>
    /// <exception cref="InvalidParameterException">It names the day.</exception>
    public static void Check(DateOnly? from, DateOnly? until)
    {
        if (from is null) throw new InvalidParameterException("valid_from", "is required: the first processing day as YYYY-MM-DD, for example 2026-02-01");
        CheckDay("valid_from", from.Value);
        if (until <= from) throw new InvalidParameterException("valid_until", "is the first day after, and must be later than valid_from");
        if (until is { } end) CheckDay("valid_until", end);
    }

    /// <summary>Refuses a day outside of what calendars know.</summary>
    /// <exception cref="InvalidParameterException">It names the day.</exception>
    public static void CheckDay(string name, DateOnly day)
    {
        if (day < Earliest || day > Latest) throw new InvalidParameterException(name, "must be a day of the years 1990 to 2100");
    }
}
