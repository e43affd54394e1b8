using Payments.Pipeline.Generate;

namespace Payments.Pipeline.Tests.Generate;

public sealed class SamplePayoutsTests
{
    [Fact]
    public void Payouts_are_on_time_late_failed_or_missing_as_often_as_documented()
    {
        var days = Enumerable.Range(0, 20_000).Select(at => new DateOnly(1990, 1, 1).AddDays(at)).ToList();
        var payouts = days.Select(day => (Day: day, Payout: SamplePayouts.Of(42, "MERCH001", day))).ToList();
        var delays = payouts
            .Where(row => row.Payout is { Outcome: "COMPLETED" })
            .Select(row => row.Payout!.Value.On.DayNumber - row.Day.AddDays(2).DayNumber)
            .ToList();

        Assert.Equal([0, 1, 2, 3, 4, 5, 6], delays.Distinct().Order());
        Assert.InRange(delays.Count(delay => delay <= 0), 16_700, 17_300);
        Assert.InRange(delays.Count(delay => delay > 0), 1_450, 1_750);
        Assert.InRange(payouts.Count(row => row.Payout is { Outcome: "FAILED" }), 500, 700);
        Assert.InRange(payouts.Count(row => row.Payout is null), 700, 900);
    }

    [Fact]
    public void A_payout_depends_on_seed_merchant_and_day_alone()
    {
        var day = new DateOnly(2026, 3, 14);

        Assert.Equal(SamplePayouts.Of(42, "MERCH001", day), SamplePayouts.Of(42, "MERCH001", day));
        Assert.True(Enumerable.Range(0, 100).Select(at => SamplePayouts.Of(42, $"MERCH{at:D3}", day)).Distinct().Count() > 5);
    }
}
