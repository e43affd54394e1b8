namespace Payments.Pipeline.Generate;

/// <summary>How many payments each day has: any <see cref="GenerateOptions.Days"/> consecutive days have exactly <see cref="GenerateOptions.Payments"/>.</summary>
/// <remarks>
/// Days have weights (70 to 130, drawn from the seed) that repeat with the window's length. A day's number is the
/// difference of the rounded running totals at its end and its beginning, so a window's numbers add up to one whole period.
/// </remarks>
internal sealed class SampleDays
{
    private readonly long _payments;
    private readonly long[] _weightsBefore;

    /// <summary>Weighs the days.</summary>
    public SampleDays(GenerateOptions options)
    {
        _payments = options.Payments;
        _weightsBefore = new long[options.Days + 1];
        for (var at = 0; at < options.Days; at++)
        {
            var draw = new SampleDraw(options.Seed, SampleSubject.DayWeight, at);
            _weightsBefore[at + 1] = _weightsBefore[at] + 70 + draw.Below(61);
        }
    }

    /// <summary>The first day that may have sample payments: customers and merchants are all there by then.</summary>
    public static DateOnly Earliest { get; } = new(2020, 1, 1);

    /// <summary>Number of payments of a day.</summary>
    public int CountOn(DateOnly day) => (int)(PaymentsBefore(day.DayNumber + 1) - PaymentsBefore(day.DayNumber));

    private long PaymentsBefore(int dayNumber)
    {
        var (periods, at) = int.DivRem(dayNumber, _weightsBefore.Length - 1);
        return (periods * _payments) + (_payments * _weightsBefore[at] / _weightsBefore[^1]);
    }
}
