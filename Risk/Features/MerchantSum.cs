namespace Payments.Risk.Features;

/// <summary>Stored payments of a merchant in one currency that every payment to be computed has wholly in a window or not at all.</summary>
internal struct MerchantSum
{
    /// <summary>When one of them was paid.</summary>
    public long Instant;
    public uint Currency;
    public MoneyWindow Money;
    public long Failed;
    public long Small;
}
