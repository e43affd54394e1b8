namespace Payments.Risk.Features;

/// <summary>Takes one payment's features in the catalogue's order.</summary>
internal ref struct FeatureRow(Span<double> values)
{
    private readonly Span<double> _values = values;

    public int Count { get; private set; }

    public void Add(double value) => _values[Count++] = value;

    public void Flag(bool value) => Add(value ? 1 : 0);

    public void Window(int count, in MoneyWindow money)
    {
        Add(count);
        Add(money.Sum);
        Add(money.Mean);
        Add(money.Deviation);
    }

    /// <summary>An amount beside the amounts before it: their ratio, standardised, and logarithmic (of one more than each, so that zero is a number).</summary>
    public void Habit(double amount, in MoneyWindow earlier)
    {
        var mean = earlier.Mean;
        // Amounts that hardly differ would make any other one infinitely strange.
        var deviation = Math.Max(earlier.Deviation, mean / 100);
        Add(mean > 0 ? amount / mean : double.NaN);
        Add(earlier.Count > 1 && deviation > 0 ? (amount - mean) / deviation : double.NaN);
        Add(Math.Log((1 + amount) / (1 + mean)));
    }
}
