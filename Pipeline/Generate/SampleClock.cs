namespace Payments.Pipeline.Generate;

/// <summary>Times of day as people pay: few at night, most at noon and in the evening.</summary>
internal static class SampleClock
{
    private const int SecondsPerDay = 86_400;
    private const int Step = SecondsPerDay / 1_440;

    private static readonly int[] HourWeights =
        [8, 5, 4, 3, 4, 7, 14, 26, 40, 50, 56, 62, 68, 62, 56, 54, 58, 66, 74, 78, 70, 54, 34, 17];

    private static readonly int[] SecondAt = Quantiles();

    /// <summary>The second of the day of payment <paramref name="number"/> (from 0) of <paramref name="count"/>: later numbers are later, so that a day needs no sorting.</summary>
    public static int Draw(ref SampleDraw draw, int number, int count)
    {
        // One time in each of count equally likely parts of the day, at random within its part.
        var position = ((((long)number << 16) + draw.Below(1 << 16)) * (SecondAt.Length - 1)) / count;
        var (at, rest) = ((int)(position >> 16), (int)(position & 0xFFFF));
        return SecondAt[at] + (int)((long)(SecondAt[at + 1] - SecondAt[at]) * rest >> 16);
    }

    // The second of the day by which each 1/1,440 of the payments is over.
    private static int[] Quantiles()
    {
        var seconds = new int[(SecondsPerDay / Step) + 1];
        var total = HourWeights.Sum();
        var (hour, before) = (0, 0);
        for (var at = 0; at < seconds.Length; at++)
        {
            var share = (long)at * total;
            while (hour < 23 && share >= (long)(before + HourWeights[hour]) * (seconds.Length - 1))
            {
                before += HourWeights[hour++];
            }

            var within = share - ((long)before * (seconds.Length - 1));
            seconds[at] = (hour * 3_600) + (int)(within * 3_600 / ((long)HourWeights[hour] * (seconds.Length - 1)));
        }

        return seconds;
    }
}
