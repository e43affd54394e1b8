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
        GeneratedProfiles.Payments,
        GeneratedProfiles.Customers,
        GeneratedProfiles.Merchants,
    ];

    /// <summary>Profiles that clients may ask for.</summary>
    internal static IReadOnlyList<ImportProfile> Public { get; } = [.. All.Where(profile => !profile.IsGenerated)];

    /// <summary>Names that clients may ask for: of profiles and of their families.</summary>
    public static IReadOnlyList<string> Offered { get; } =
        [.. Public.Select(profile => profile.Name), .. Public.Select(profile => profile.Family).OfType<string>().Distinct()];

    /// <summary>The profile of this name; null where it names a family, or nothing.</summary>
    internal static ImportProfile? Find(string? name) => All.FirstOrDefault(profile => profile.Name == name);

    /// <summary>The columns of a profile that can be corrected, as a CSV header names them; of a family those of all its profiles. Corrections are kept, card numbers never are.</summary>
    public static IReadOnlyList<string> CorrectableColumns(string name) =>
    [
        .. All.Where(profile => profile.Name == name || profile.Family == name)
            .SelectMany(profile => profile.Columns)
            .Where(column => column.Name != "card_number")
            .Select(column => column.Header)
            .Distinct(),
    ];
}
