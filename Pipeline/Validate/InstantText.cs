namespace Payments.Pipeline.Validate;

/// <summary>
/// Reads instants by three shapes and no other: <c>yyyy-MM-dd</c>, <c>yyyy-MM-dd HH:mm:ss</c>, <c>yyyy-MM-ddTHH:mm:ss[.f{1,7}][Z|(+|-)hh:mm]</c>.
/// Without a zone they are UTC. The right shape of an instant that never was is <see cref="Fault.Invalid"/>.
/// </summary>
internal static class InstantText
{
    private const int DayLength = 10;
    private const int SecondLength = 19;
    private const int ZoneLength = 6;
    private const int MaxFractionDigits = 7;
    private const int MaxOffsetMinutes = 14 * 60;

    /// <summary>Reads an instant into ticks since year 1, UTC (with an offset it may lie outside of the years 1 to 9999).</summary>
    public static Fault Read(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (text.Length == DayLength) return ReadDay(text, out ticks);
        if (text.Length < SecondLength || !HasShape(text[DayLength..SecondLength], "_00:00:00"u8)) return Fault.Format;

        var rest = text[SecondLength..];
        var separator = text[DayLength];
        if (separator is not ((byte)'T' or (byte)' ') || (separator == ' ' && !rest.IsEmpty)) return Fault.Format;
        if (!TryReadFraction(ref rest, out var fraction) || !TryReadOffset(rest, out var offsetMinutes)) return Fault.Format;

        var fault = ReadDay(text[..DayLength], out var day);
        if (fault != Fault.None) return fault;
        var (hour, minute, second) = (Number(text[11..13]), Number(text[14..16]), Number(text[17..19]));
        if (hour > 23 || minute > 59 || second > 59 || offsetMinutes is null) return Fault.Invalid;

        ticks = day
            + (((((hour * 60L) + minute) * 60) + second) * TimeSpan.TicksPerSecond)
            + fraction
            - (offsetMinutes.Value * TimeSpan.TicksPerMinute);
        return Fault.None;
    }

    /// <summary>Reads a day, <c>yyyy-MM-dd</c>, into the ticks of its beginning.</summary>
    public static Fault ReadDay(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (text.Length != DayLength || !HasShape(text, "0000-00-00"u8)) return Fault.Format;
        var (year, month, day) = (Number(text[..4]), Number(text[5..7]), Number(text[8..]));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return Fault.Invalid;
        ticks = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks;
        return Fault.None;
    }

    private static bool TryReadFraction(ref ReadOnlySpan<byte> rest, out long ticks)
    {
        ticks = 0;
        if (!rest.StartsWith("."u8)) return true;
        rest = rest[1..];
        var digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is var end and >= 0 ? end : rest.Length;
        if (digits is 0 or > MaxFractionDigits) return false;
        for (var i = 0; i < MaxFractionDigits; i++) ticks = (ticks * 10) + (i < digits ? rest[i] - '0' : 0);
        rest = rest[digits..];
        return true;
    }

    // Null minutes: the shape of an offset that no zone has.
    private static bool TryReadOffset(ReadOnlySpan<byte> rest, out int? minutes)
    {
        minutes = 0;
        if (rest.IsEmpty || rest is [(byte)'Z']) return true;
        if (rest.Length != ZoneLength || rest[0] is not ((byte)'+' or (byte)'-') || !HasShape(rest[1..], "00:00"u8)) return false;
        var (hour, minute) = (Number(rest[1..3]), Number(rest[4..6]));
        var offset = (hour * 60) + minute;
        minutes = minute > 59 || offset > MaxOffsetMinutes ? null : rest[0] == '-' ? -offset : offset;
        return true;
    }

    // In a shape 0 stands for an ASCII digit, _ for anything, and the rest for itself.
    private static bool HasShape(ReadOnlySpan<byte> text, ReadOnlySpan<byte> shape)
    {
        if (text.Length != shape.Length) return false;
        for (var i = 0; i < shape.Length; i++)
        {
            var fits = shape[i] switch
            {
                (byte)'0' => char.IsAsciiDigit((char)text[i]),
                (byte)'_' => true,
                var itself => text[i] == itself,
            };
            if (!fits) return false;
        }

        return true;
    }

    private static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits) number = (number * 10) + digit - '0';
        return number;
    }
}
