using System.Globalization;

namespace Payments.Pipeline.Archive;

/// <summary>A UTC month as clients write it.</summary>
public static class PaymentMonth
{
    private const string Format = "yyyy-MM";

    /// <summary>The first day of a month given as YYYY-MM, from 2000-01 on; null for anything else.</summary>
    public static DateOnly? Parse(string text) =>
        DateOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year >= 2000 ? day : null;

    /// <summary>YYYY-MM.</summary>
    public static string Write(DateOnly month) => month.ToString(Format, CultureInfo.InvariantCulture);
}
