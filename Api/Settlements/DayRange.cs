using System.Globalization;
using Payments.Api.Parameters;

namespace Payments.Api.Settlements;

/// <summary>Two days of a request between which something must lie.</summary>
internal static class DayRange
{
    /// <summary>Refuses a range that ends before it begins: its empty answer would look like a fact.</summary>
    /// <exception cref="InvalidParameterException">It names the last day.</exception>
    public static void Check(string name, DateOnly? from, DateOnly? to)
    {
        if (to < from) throw new InvalidParameterException($"{name}_to", string.Create(CultureInfo.InvariantCulture, $"must not be before {name}_from, {from:yyyy-MM-dd}"));
    }
}
