using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Payments.Pipeline.Validate;

/// <summary>Time zones as reports name them: abbreviations that mean one offset, offsets, and names of the time zone database.</summary>
internal static class ZoneText
{
    // Only abbreviations that have one meaning where processors use them, with their minutes; IST, for one, has three.
    private static readonly Dictionary<string, int> Minutes = Read("""
        UTC 0, GMT 0, Z 0, WET 0, WEST 60, BST 60, CET 60, CEST 120, MET 60, MEST 120, EET 120, EEST 180, MSK 180, SGT 480, HKT 480, AWST 480, JST 540, KST 540,
        AEST 600, AEDT 660, NZST 720, NZDT 780, BRT -180, BRST -120, EST -300, EDT -240, CST -360, CDT -300, MST -420, MDT -360, PST -480, PDT -420
        """);

    private static readonly ConcurrentDictionary<string, TimeZoneInfo> Zones = new(StringComparer.Ordinal);

    /// <summary>Makes UTC of a local time: an hour that the clock shows twice is the later one (standard time), one that it leaves out is none.</summary>
    /// <param name="local">Ticks of the local time.</param>
    /// <param name="zone">The zone.</param>
    /// <param name="ticks">Ticks of the instant, UTC.</param>
    public static Fault Apply(long local, ReadOnlySpan<byte> zone, out long ticks)
    {
        ticks = local;
        if (zone.Length is 0 or > 64 || zone.ContainsAnyExceptInRange((byte)' ', (byte)'~')) return Fault.Unknown;
        var name = Encoding.UTF8.GetString(zone);
        if ((Minutes.TryGetValue(name, out var minutes) || TryReadOffset(name, out minutes)) && local > TimeSpan.TicksPerDay)
        {
            ticks = local - (minutes * TimeSpan.TicksPerMinute);
            return Fault.None;
        }

        if (!Zones.TryGetValue(name, out var known))
        {
            // Only zones that exist are kept: a hostile file may name any number of others.
            if (!TimeZoneInfo.TryFindSystemTimeZoneById(name, out known)) return Fault.Unknown;
            Zones.TryAdd(name, known);
        }

        var time = new DateTime(local, DateTimeKind.Unspecified);
        if (known.IsInvalidTime(time)) return Fault.Invalid;
        ticks = TimeZoneInfo.ConvertTimeToUtc(time, known).Ticks;
        return Fault.None;
    }

    private static Dictionary<string, int> Read(string zones) => zones.Split(',', StringSplitOptions.TrimEntries).Select(zone => zone.Split(' '))
        .ToDictionary(zone => zone[0], zone => int.Parse(zone[1], CultureInfo.InvariantCulture), StringComparer.OrdinalIgnoreCase);

    // +hh:mm, +hhmm, GMT+h, UTC-hh:mm
    private static bool TryReadOffset(string name, out int minutes)
    {
        minutes = 0;
        var text = name.AsSpan();
        if (text.StartsWith("GMT", StringComparison.OrdinalIgnoreCase) || text.StartsWith("UTC", StringComparison.OrdinalIgnoreCase)) text = text[3..];
        if (text.Length < 2 || text[0] is not ('+' or '-')) return false;
        var digits = text[1..].ToString().Replace(":", "", StringComparison.Ordinal);
        if (digits.Length is not (1 or 2 or 4) || digits.Any(digit => !char.IsAsciiDigit(digit))) return false;
        var number = int.Parse(digits, CultureInfo.InvariantCulture);
        var (hour, minute) = digits.Length == 4 ? (number / 100, number % 100) : (number, 0);
        if (hour > 14 || minute > 59) return false;
        minutes = ((hour * 60) + minute) * (text[0] == '-' ? -1 : 1);
        return true;
    }
}
