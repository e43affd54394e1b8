namespace Payments.Risk.Features;

/// <summary>
/// Count, sum and sum of squares of amounts, in thousandths and exact: whoever adds them up, in whatever order and parts, gets the same figures to
/// the last bit. Sums of squares wrap at 2^128, which only amounts beyond all measure reach.
/// </summary>
internal struct MoneyWindow
{
    private const double Thousand = 1_000;

    /// <summary>Payments in it.</summary>
    public long Count { get; private set; }

    /// <summary>The sum in thousandths.</summary>
    public UInt128 Thousandths { get; private set; }

    /// <summary>The sum of the squares, in millionths.</summary>
    public UInt128 Squares { get; private set; }

    /// <summary>The sum in the major unit.</summary>
    public readonly double Sum => (double)Thousandths / Thousand;

    /// <summary>The mean in the major unit; NaN without a payment.</summary>
    public readonly double Mean => Count > 0 ? (double)Thousandths / Count / Thousand : double.NaN;

    /// <summary>The standard deviation of the payments themselves (not of a sample) in the major unit; NaN without a payment.</summary>
    public readonly double Deviation
    {
        get
        {
            if (Count <= 1) return Count == 1 ? 0 : double.NaN;
            // n Σx² - (Σx)² is exact where it has room; only so are equal amounts seen as equal.
            if (Thousandths <= ulong.MaxValue && Squares <= UInt128.MaxValue / (UInt128)Count)
            {
                return Math.Sqrt((double)((UInt128)Count * Squares - Thousandths * Thousandths)) / Count / Thousand;
            }

            var mean = (double)Thousandths / Count;
            return Math.Sqrt(Math.Max(0, (double)Squares / Count - mean * mean)) / Thousand;
        }
    }

    public void Add(long thousandths)
    {
        Count++;
        Thousandths += (ulong)thousandths;
        Squares += Square(thousandths);
    }

    public void Add(long count, UInt128 thousandths, UInt128 squares)
    {
        Count += count;
        Thousandths += thousandths;
        Squares = unchecked(Squares + squares);
    }

    public void Add(in MoneyWindow other) => Add(other.Count, other.Thousandths, other.Squares);

    public static UInt128 Square(long thousandths)
    {
        var high = Math.BigMul((ulong)thousandths, (ulong)thousandths, out var low);
        return new(high, low);
    }
}
