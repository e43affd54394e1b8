namespace Payments.Risk.Features;

/// <summary>What a merchant's UTC day came to in one currency.</summary>
internal struct MerchantDay
{
    public int Day;
    public uint Currency;
    public MoneyWindow Money;
}
