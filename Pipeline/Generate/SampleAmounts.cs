namespace Payments.Pipeline.Generate;

/// <summary>Amounts from 10.00 to 50,000.00, close to log-normal with median 300: 5 % exceed 5,000, 2 % exceed 10,000.</summary>
/// <remarks>Drawn along the quantile function in whole cents, without floating point, so that every machine draws the same.</remarks>
internal static class SampleAmounts
{
    private const int Steps = 200;

    // (share of the amounts below, in steps of half a percent; amount in cents)
    private static readonly (int Step, int Cents)[] Quantiles =
    [
        (0, 10_00), (10, 20_00), (20, 35_00), (50, 95_00), (100, 300_00), (150, 950_00), (170, 1_800_00),
        (180, 2_600_00), (190, 5_000_00), (196, 10_000_00), (199, 22_000_00), (Steps, 50_000_00),
    ];

    private static readonly int[] CentsAt = Interpolated();

    /// <summary>An amount in cents.</summary>
    public static int Draw(ref SampleDraw draw)
    {
        var step = draw.Below(Steps);
        return CentsAt[step] + 1 + draw.Below(CentsAt[step + 1] - CentsAt[step]);
    }

    private static int[] Interpolated()
    {
        var cents = new int[Steps + 1];
        for (var at = 1; at < Quantiles.Length; at++)
        {
            var (from, to) = (Quantiles[at - 1], Quantiles[at]);
            for (var step = from.Step; step <= to.Step; step++)
            {
                cents[step] = (int)(from.Cents + ((long)(to.Cents - from.Cents) * (step - from.Step) / (to.Step - from.Step)));
            }
        }

        return cents;
    }
}
