namespace Payments.Risk.Features;

/// <summary>What a customer's timeline keeps of a payment.</summary>
internal readonly record struct PastPayment(long Instant, string Id, long Thousandths, int Merchant, Traits Traits)
{
    public bool IsBefore(long instant, string id) => Instant < instant || (Instant == instant && string.CompareOrdinal(Id, id) < 0);
}
