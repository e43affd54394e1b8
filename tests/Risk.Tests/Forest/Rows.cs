using Payments.Risk.Forest;

namespace Payments.Risk.Tests.Forest;

/// <summary>Rows that tests make for themselves.</summary>
internal static class Rows
{
    /// <summary>Independent features, each the sum of four uniforms less their mean: about normal, deviation 0.58.</summary>
    public static double[] Bell(int rows, int features, ulong seed = 1)
    {
        var random = new SplitMix64(seed);
        var values = new double[rows * features];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.NextUnit() + random.NextUnit() + random.NextUnit() + random.NextUnit() - 2;
        }

        return values;
    }

    /// <summary>The same rows with their features in another order, or copied.</summary>
    public static double[] Columns(double[] values, int features, params int[] order) =>
        [.. values.Chunk(features).SelectMany(row => order.Select(feature => row[feature]))];
}
