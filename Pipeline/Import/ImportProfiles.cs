using Payments.Pipeline.Import.Profiles;

namespace Payments.Pipeline.Import;

/// <summary>The one list of formats: a new one is its file in <c>Profiles</c> and its line here.</summary>
public static class ImportProfiles
{
    /// <summary>Every profile, internal ones included.</summary>
    internal static IReadOnlyList<ImportProfile> All { get; } =
    [
        PaymentsProfile.Profile,
        CustomersProfile.Profile,
        MerchantsProfile.Profile,
        RefundsProfile.Profile,
        DisputesProfile.Profile,
        HandbookProfile.Profile,
        StripeChargesProfile.Profile,
        StripeCustomersProfile.Profile,
        StripeRefundsProfile.Profile,
        StripeDisputesProfile.Profile,
        StripeBalanceTransactionsProfile.Profile,
        StripePayoutsProfile.Profile,
        StripePayoutReconciliationProfile.Profile,
        AdyenSettlementDetailsProfile.Profile,
        Camt053Profile.Profile,
        LivePaymentsProfile.Profile,
        GeneratedProfiles.Payments,
        GeneratedProfiles.Customers,
        GeneratedProfiles.Merchants,
    ];

    /// <summary>Profiles that clients may ask for.</summary>
    internal static IReadOnlyList<ImportProfile> Public { get; } = [.. All.Where(profile => !profile.IsGenerated && !profile.IsLive)];

    /// <summary>Names that clients may ask for: of profiles and of their families.</summary>
    public static IReadOnlyList<string> Offered { get; } =
        [.. Public.Select(profile => profile.Name), .. Public.Select(profile => profile.Family).OfType<string>().Distinct()];

    /// <summary>The profiles that clients may ask for, for people.</summary>
    public static IReadOnlyList<ProfileDescription> Describe() => [.. Public.Select(ProfileDescription.Of)];

    /// <summary>Whether this is the name of a profile or of a family, or no name.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    internal static void Check(string? name)
    {
        if (name is not null && Find(name) is null && !Offered.Contains(name)) throw new ArgumentException($"There is no import profile {name}.", nameof(name));
    }

    /// <summary>The profile of this name; null where it names a family, or nothing.</summary>
    internal static ImportProfile? Find(string? name) => All.FirstOrDefault(profile => profile.Name == name);

    /// <summary>The columns of a profile that can be corrected, as a CSV header names them; of a family those of all its profiles. Corrections are kept; what must not be kept as it came is no correction.</summary>
    public static IReadOnlyList<string> CorrectableColumns(string name) =>
    [
        .. All.Where(profile => profile.Name == name || profile.Family == name)
            .SelectMany(profile => profile.Columns)
            .Where(column => !column.IsSecret)
            .SelectMany(column => column.IsComposed ? column.Inputs : [column.Header])
            .Distinct(),
    ];
}
