namespace Payments.Risk.Features;

/// <summary>What histories keep of a payment besides when and how much, in four bytes: currency, method, and whether it failed.</summary>
internal readonly record struct Traits(uint Bits)
{
    private const uint FailedBit = 1u << 31;
    private const int MethodShift = 24;
    private const uint MethodMask = 0x7F;
    private const uint CurrencyMask = 0xFF_FFFF;

    public uint Currency => Bits & CurrencyMask;

    public uint Method => (Bits >> MethodShift) & MethodMask;

    public bool IsFailed => (Bits & FailedBit) != 0;

    /// <summary>The same of a payment that has failed.</summary>
    public Traits Failed => new(Bits | FailedBit);

    public static Traits Of(string currency, string? method, string status) =>
        new(CurrencyCode(currency) | (MethodCode(method) << MethodShift) | (status == "FAILED" ? FailedBit : 0));

    /// <summary>The three letters as a number.</summary>
    public static uint CurrencyCode(string currency) => currency is [var a, var b, var c]
        ? ((uint)(a & 0xFF) << 16) | ((uint)(b & 0xFF) << 8) | (uint)(c & 0xFF)
        : throw new ArgumentException($"'{currency}' is no currency's code.", nameof(currency));

    private static uint MethodCode(string? method) => method switch
    {
        null or "" => 0,
        "CREDIT_CARD" => 1,
        "DEBIT_CARD" => 2,
        "BANK_TRANSFER" => 3,
        "PAYPAL" => 4,
        "CRYPTO" => 5,
        "WALLET" => 6,
        _ => 7,
    };
}
