namespace Payments.Pipeline.Import;

/// <summary>The one list of formats.</summary>
public static class ImportProfiles
{
    private static readonly ImportProfile[] Known =
    [
        new("payments"), new("customers"), new("merchants"), new("handbook"),
        new("generated") { IsGenerated = true }, new("generated_customers") { IsGenerated = true }, new("generated_merchants") { IsGenerated = true },
    ];

    /// <summary>Names that clients may ask for.</summary>
    public static IReadOnlyList<string> Offered { get; } = [.. Known.Where(profile => !profile.IsGenerated).Select(profile => profile.Name)];

    /// <summary>The profile of this name, internal ones included.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal static ImportProfile Find(string name) =>
        Known.FirstOrDefault(profile => profile.Name == name) ?? throw new ArgumentException($"There is no import profile {name}.", nameof(name));
}

internal sealed record ImportProfile(string Name)
{
    /// <summary>Rows are sample data, which one command removes.</summary>
    public bool IsGenerated { get; init; }
}
