namespace Payments.Risk.Features;

/// <summary>Instants as the features count them: microseconds since 2000-01-01 UTC, as PostgreSQL keeps them. A day is a UTC day, numbered from there.</summary>
public static class Instants
{
    /// <summary>Microseconds of a second.</summary>
    public const long Second = 1_000_000;

    /// <summary>Microseconds of an hour.</summary>
    public const long Hour = 3_600 * Second;

    /// <summary>Microseconds of a UTC day.</summary>
    public const long Day = 24 * Hour;

    private static readonly DateTime Epoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The instant of a UTC time; a part of a microsecond is cut.</summary>
    public static long From(DateTime utc) => (utc.Ticks - Epoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The UTC time of an instant.</summary>
    public static DateTime ToDateTime(long instant) => Epoch.AddTicks(instant * TimeSpan.TicksPerMicrosecond);

    /// <summary>The number of the UTC day of an instant: 0 is 2000-01-01.</summary>
    public static int DayOf(long instant) => (int)Math.DivRem(instant, Day).Quotient - (instant % Day < 0 ? 1 : 0);

    /// <summary>The first instant of a UTC day.</summary>
    public static long StartOf(int day) => day * Day;
}
