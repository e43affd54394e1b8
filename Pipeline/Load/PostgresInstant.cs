namespace Payments.Pipeline.Load;

/// <summary>Instants as PostgreSQL keeps them: microseconds since 2000-01-01 UTC, also the first instant that the store takes.</summary>
internal static class PostgresInstant
{
    public static DateTime Epoch { get; } = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>From ticks since year 1, UTC; a part of a microsecond is cut, towards 2000.</summary>
    public static long FromTicks(long ticks) => (ticks - Epoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTime ToDateTime(long microseconds) => Epoch.AddMicroseconds(microseconds);
}
