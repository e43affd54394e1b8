using Payments.Pipeline.Import.Profiles;

namespace Payments.Pipeline.Import;

/// <summary>The one list of formats.</summary>
public static class ImportProfiles
{
    /// <summary>Every profile, internal ones included.</summary>
    internal static IReadOnlyList<ImportProfile> All { get; } =
    [
        PaymentsProfile.Profile,
        CustomersProfile.Profile,
        MerchantsProfile.Profile,
        HandbookProfile.Profile,
        GeneratedProfiles.Payments,
        GeneratedProfiles.Customers,
        GeneratedProfiles.Merchants,
    ];

    /// <summary>Names that clients may ask for.</summary>
    public static IReadOnlyList<string> Offered { get; } = [.. All.Where(profile => !profile.IsGenerated).Select(profile => profile.Name)];

    /// <summary>The profile of this name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal static ImportProfile Find(string name) =>
        All.FirstOrDefault(profile => profile.Name == name) ?? throw new ArgumentException($"There is no import profile {name}.", nameof(name));
}
