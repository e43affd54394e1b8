using System.Globalization;

namespace Payments.Pipeline.Generate;

/// <summary>Ids of sample records: of any seed beside each other, none twice.</summary>
internal static class SampleIds
{
    private const string Symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary><c>CUST00001</c>, or <c>S7-CUST00001</c> for another seed than the default.</summary>
    public static string Customer(int seed, int index) => Invariant($"{CustomerPrefix(seed)}{index + 1:D5}");

    /// <summary><c>MERCH001</c>, or <c>S7-MERCH001</c> for another seed than the default.</summary>
    public static string Merchant(int seed, int index) => Invariant($"{MerchantPrefix(seed)}{index + 1:D3}");

    /// <summary>What stands before a customer's number.</summary>
    public static string CustomerPrefix(int seed) => SeedPrefix(seed) + "CUST";

    /// <summary>What stands before a merchant's number.</summary>
    public static string MerchantPrefix(int seed) => SeedPrefix(seed) + "MERCH";

    /// <summary><c>PAY-20261121-3K9QZT0V-</c>: the day, and a tag of seed and sizes, so that samples of other sizes never conflict.</summary>
    public static string PaymentPrefix(GenerateOptions options, DateOnly day) =>
        Invariant($"PAY-{day:yyyyMMdd}-{Tag(options)}-");

    /// <summary>The number of a payment within its day, from 1, has six digits or more.</summary>
    public const int PaymentDigits = 6;

    private static string Tag(GenerateOptions options)
    {
        var bits = 0UL;
        foreach (var size in (ReadOnlySpan<int>)[options.Customers, options.Merchants, options.Payments, options.Days])
        {
            bits = new SampleDraw(options.Seed, SampleSubject.Tag, (long)bits ^ size).Next();
        }

        return string.Create(8, bits, (tag, left) =>
        {
            for (var at = 0; at < tag.Length; at++, left >>= 5)
            {
                tag[at] = Symbols[(int)(left & 31)];
            }
        });
    }

    private static string SeedPrefix(int seed) =>
        seed == GenerateOptions.DefaultSeed ? "" : Invariant($"S{(uint)seed}-");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
