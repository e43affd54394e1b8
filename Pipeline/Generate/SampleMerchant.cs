namespace Payments.Pipeline.Generate;

/// <summary>A sample merchant: a function of seed and index alone.</summary>
/// <remarks>
/// One in twelve closed before the first possible sample payment and has none: a status that changed with the date
/// of the run would not be a function of seed and index. Payments are settled from the first active day on.
/// </remarks>
internal sealed record SampleMerchant(
    string Id,
    string Name,
    string BusinessType,
    string Country,
    decimal CommissionRate,
    string Status,
    DateOnly ActiveFrom,
    DateOnly? ActiveUntil)
{
    private static readonly string[] BusinessTypes =
        ["E-COMMERCE", "RETAIL", "SUBSCRIPTION", "MARKETPLACE", "FINANCIAL_SERVICES", "TRAVEL"];

    private static readonly DateOnly FirstActive = new(2014, 1, 1);
    private static readonly DateOnly FirstClosing = new(2018, 1, 1);
    private static readonly int ActiveDays = FirstClosing.DayNumber - FirstActive.DayNumber;
    private static readonly int ClosingDays = SampleDays.Earliest.DayNumber - FirstClosing.DayNumber;

    /// <summary>The merchant of an index, from 0. Commission 1.5 to 5.0 %.</summary>
    public static SampleMerchant At(SamplePools pools, int seed, int index)
    {
        var draw = new SampleDraw(seed, SampleSubject.Merchant, index);
        var merchant = new SampleMerchant(
            SampleIds.Merchant(seed, index),
            draw.Pick(pools.Companies),
            draw.Pick(BusinessTypes),
            draw.Pick(SamplePools.Countries),
            (150 + draw.Below(351)) / 100m,
            "ACTIVE",
            FirstActive.AddDays(draw.Below(ActiveDays)),
            null);
        return IsOpen(index)
            ? merchant
            : merchant with
            {
                Status = draw.Chance(600) ? "INACTIVE" : "SUSPENDED",
                ActiveUntil = FirstClosing.AddDays(1 + draw.Below(ClosingDays)),
            };
    }

    /// <summary>Whether the merchant takes payments.</summary>
    public static bool IsOpen(int index) => index % 12 != 11;
}
