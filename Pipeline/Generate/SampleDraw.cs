namespace Payments.Pipeline.Generate;

/// <summary>
/// A stream of random numbers named by (seed, subject, index): SplitMix64 (Steele, Lea, Flood, 2014).
/// </summary>
/// <remarks>
/// A value type of eight bytes, so that every record can have a stream of its own for nothing, and plain integer
/// arithmetic, so that the same seed gives the same bytes on every machine and runtime.
/// </remarks>
internal struct SampleDraw(int seed, SampleSubject subject, long index)
{
    private ulong _state = Mix(Mix((uint)seed ^ ((ulong)subject << 32)) ^ (ulong)index);

    /// <summary>64 random bits.</summary>
    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>A number from 0 to <paramref name="bound"/> - 1.</summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>True in <paramref name="permille"/> of 1,000 cases.</summary>
    public bool Chance(int permille) => Below(1_000) < permille;

    /// <summary>One of the values, each as likely.</summary>
    public T Pick<T>(T[] values) => values[Below(values.Length)];

    private static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}

/// <summary>What a stream of random numbers is for; part of its name, so that streams never meet.</summary>
internal enum SampleSubject
{
    Tag,
    CreditScore,
    Customer,
    Merchant,
    DayWeight,
    Day,
    Payout,
}
