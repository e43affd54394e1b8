namespace Payments.Risk.Features;

/// <summary>Every feature, in the order in which they are computed, stored and given to rules and models.</summary>
public static class FeatureCatalogue
{
    private static readonly Dictionary<string, int> Places;

    static FeatureCatalogue() => Places = All.Select((feature, place) => (feature.Name, place)).ToDictionary(pair => pair.Name, pair => pair.place, StringComparer.Ordinal);

    /// <summary>The features.</summary>
    public static IReadOnlyList<Feature> All { get; } =
    [
        new("amount", "money", "The amount, in the major unit of its currency."),
    ];

    /// <summary>How many there are.</summary>
    public static int Count => All.Count;

    /// <summary>The place of a feature.</summary>
    /// <param name="name">Its name; case counts.</param>
    /// <param name="place">Its place in <see cref="All"/>.</param>
    /// <returns>Whether there is one of that name.</returns>
    public static bool TryFind(string name, out int place) => Places.TryGetValue(name, out place);
}
