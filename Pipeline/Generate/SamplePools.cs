using Bogus;

namespace Payments.Pipeline.Generate;

/// <summary>Names to draw from, made once from the seed by Bogus: drawing is some hundred times faster than making.</summary>
internal sealed class SamplePools
{
    /// <summary>Countries as they weigh in the sample: a country listed twice has twice the customers.</summary>
    public static string[] Countries { get; } =
    [
        "United States", "United States", "United States", "United Kingdom", "United Kingdom", "Germany", "Germany",
        "France", "Netherlands", "Spain", "Italy", "Sweden", "Poland", "Canada", "Australia", "India", "Japan",
        "Singapore", "Brazil", "Mexico",
    ];

    /// <summary>Makes the pools of a seed.</summary>
    public SamplePools(int seed)
    {
        var faker = new Faker("en") { Random = new Randomizer(seed) };
        FirstNames = Make(400, () => faker.Name.FirstName());
        LastNames = Make(400, () => faker.Name.LastName());
        Companies = Make(400, () => faker.Company.CompanyName());
    }

    /// <summary>First names.</summary>
    public string[] FirstNames { get; }

    /// <summary>Last names.</summary>
    public string[] LastNames { get; }

    /// <summary>Company names.</summary>
    public string[] Companies { get; }

    private static string[] Make(int count, Func<string> make) => [.. Enumerable.Range(0, count).Select(_ => make())];
}
