using Payments.Api.Parameters;

namespace Payments.Api.Settlements;

/// <summary>Percentages of terms and fees.</summary>
internal static class Percent
{
    private const int Decimals = 4;

    /// <summary>Refuses what the store would not keep as it is.</summary>
    /// <exception cref="InvalidParameterException">It is not from 0 to 100, or has more than four decimals.</exception>
    public static void Check(string name, decimal percent)
    {
        if (percent is < 0 or > 100 || decimal.Round(percent, Decimals) != percent) throw new InvalidParameterException(name, "must be a number from 0 to 100 with at most four decimals");
    }
}
