namespace Payments.Risk.Features;

/// <summary>A payment's look back at its merchant: single payments for hours, whole days for weeks.</summary>
internal static class MerchantLook
{
    public static void Write(PaymentFacts payment, MerchantTimeline? merchant, bool isSmall, ref FeatureRow row)
    {
        var currency = Traits.CurrencyCode(payment.Currency);
        var today = Instants.DayOf(payment.Instant);
        var hour = Single(payment, merchant, currency, payment.Instant - Instants.Hour);
        var day = Single(payment, merchant, currency, payment.Instant - Instants.Day);
        var ofToday = Single(payment, merchant, currency, Instants.StartOf(today) - 1);
        Write(ref row, payment, hour);
        Write(ref row, payment, day);
        Write(ref row, payment, WithDays(ofToday, merchant, currency, today - 6, today));
        var month = WithDays(ofToday, merchant, currency, today - 29, today);
        Write(ref row, payment, month);
        row.Habit(payment.Thousandths / 1_000.0, month.Money);
        row.Add(hour.Failed);
        row.Add(day.Failed);
        row.Add(hour.Small + (isSmall ? 1 : 0));
    }

    /// <summary>Payments of whole days, in every currency.</summary>
    public static long CountDays(MerchantTimeline merchant, int from, int before)
    {
        var count = 0L;
        var days = merchant.Days;
        for (var i = merchant.PlaceOf(from); i < days.Length && days[i].Day < before; i++) count += days[i].Money.Count;
        return count;
    }

    /// <summary>Payments of the whole days before a day, in every currency: place 1 is the day before it, and so on.</summary>
    public static void CountByDay(MerchantTimeline merchant, int before, Span<long> counts)
    {
        var days = merchant.Days;
        for (var i = merchant.PlaceOf(before - counts.Length + 1); i < days.Length && days[i].Day < before; i++) counts[before - days[i].Day] += days[i].Money.Count;
    }

    private static void Write(ref FeatureRow row, PaymentFacts payment, in Figures earlier)
    {
        var money = earlier.Money;
        money.Add(payment.Thousandths);
        row.Window((int)earlier.Count + 1, money);
    }

    private static Figures Single(PaymentFacts payment, MerchantTimeline? merchant, uint currency, long after)
    {
        var figures = new Figures();
        if (merchant is null) return figures;
        foreach (var run in merchant.Runs)
        {
            var until = run.PlaceOf(payment.Instant, payment.PaymentId);
            var from = Math.Min(until, run.FirstAfter(after));
            var (failed, small) = run.Attempts(from, until);
            figures.Count += until - from;
            figures.Failed += failed;
            figures.Small += small;
            if (run.Currency == currency) figures.Money = run.Money(from, until);
        }

        foreach (ref readonly var sum in merchant.Sums)
        {
            if (sum.Instant <= after || sum.Instant >= payment.Instant) continue;
            figures.Count += sum.Money.Count;
            figures.Failed += sum.Failed;
            figures.Small += sum.Small;
            if (sum.Currency == currency) figures.Money.Add(sum.Money);
        }

        return figures;
    }

    private static Figures WithDays(Figures figures, MerchantTimeline? merchant, uint currency, int from, int before)
    {
        if (merchant is null) return figures;
        var days = merchant.Days;
        for (var i = merchant.PlaceOf(from); i < days.Length && days[i].Day < before; i++)
        {
            figures.Count += days[i].Money.Count;
            if (days[i].Currency == currency) figures.Money.Add(days[i].Money);
        }

        return figures;
    }

    private struct Figures
    {
        public long Count;
        public long Failed;
        public long Small;
        public MoneyWindow Money;
    }
}
