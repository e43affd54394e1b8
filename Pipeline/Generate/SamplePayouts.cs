namespace Payments.Pipeline.Generate;

/// <summary>What becomes of a settlement.</summary>
/// <param name="Outcome">COMPLETED or FAILED.</param>
/// <param name="On">The UTC day on which it is paid, or its payout fails.</param>
internal readonly record struct SamplePayout(string Outcome, DateOnly On);

/// <summary>Payouts of sample settlements: a function of seed, merchant and day.</summary>
/// <remarks>
/// 85 % come on the expected day, 8 % one to six days later, 3 % fail on the expected day, 4 % never come. What waits from the
/// last two days is not due yet.
/// </remarks>
internal static class SamplePayouts
{
    private const int DaysToPayout = 2;

    /// <summary>The payout of a merchant's settlement of a day; null: it never comes.</summary>
    public static SamplePayout? Of(int seed, string merchantId, DateOnly day)
    {
        var draw = new SampleDraw(seed, SampleSubject.Payout, Hash(merchantId) ^ day.DayNumber);
        var expected = day.AddDays(DaysToPayout);
        return draw.Below(100) switch
        {
            < 85 => new("COMPLETED", expected),
            < 93 => new("COMPLETED", expected.AddDays(1 + draw.Below(6))),
            < 96 => new("FAILED", expected),
            _ => null,
        };
    }

    // FNV-1a; string.GetHashCode differs from process to process.
    private static long Hash(string text)
    {
        var hash = 14_695_981_039_346_656_037UL;
        foreach (var symbol in text)
        {
            hash = (hash ^ symbol) * 1_099_511_628_211;
        }

        return (long)hash;
    }
}
