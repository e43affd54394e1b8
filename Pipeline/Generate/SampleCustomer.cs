namespace Payments.Pipeline.Generate;

/// <summary>A sample customer: a function of seed and index alone, registered well before any sample payment.</summary>
internal sealed record SampleCustomer(
    string Id,
    string Name,
    string Email,
    string Phone,
    string Country,
    DateOnly RegistrationDate,
    int CreditScore,
    SampleRisk Risk)
{
    private static readonly DateOnly FirstRegistration = new(2015, 1, 1);
    private static readonly int RegistrationDays = SampleDays.Earliest.DayNumber - FirstRegistration.DayNumber;

    /// <summary>The customer of an index, from 0. Its id is part of the e-mail, which makes that unique by construction.</summary>
    public static SampleCustomer At(SamplePools pools, int seed, int index)
    {
        var draw = new SampleDraw(seed, SampleSubject.Customer, index);
        var (first, last) = (draw.Pick(pools.FirstNames), draw.Pick(pools.LastNames));
        var id = SampleIds.Customer(seed, index);
        var score = CreditScoreAt(seed, index);
        return new(
            id,
            $"{first} {last}",
            $"{Letters(first)}.{Letters(last)}.{id}@example.com".ToLowerInvariant(),
            $"+1-{200 + draw.Below(800)}-555-{draw.Below(10_000):D4}",
            draw.Pick(SamplePools.Countries),
            FirstRegistration.AddDays(draw.Below(RegistrationDays)),
            score,
            RiskOf(score));
    }

    /// <summary>Credit score alone, 414 to 850, mean about 690: all that payments need to know of a customer.</summary>
    public static int CreditScoreAt(int seed, int index)
    {
        // Four even draws add up to nearly a normal distribution (standard deviation 80).
        var draw = new SampleDraw(seed, SampleSubject.CreditScore, index);
        return int.Min(850, 414 + draw.Below(139) + draw.Below(139) + draw.Below(139) + draw.Below(139));
    }

    /// <summary>LOW from 720, MEDIUM 600 to 719, HIGH below 600.</summary>
    public static SampleRisk RiskOf(int creditScore) =>
        creditScore >= 720 ? SampleRisk.Low : creditScore >= 600 ? SampleRisk.Medium : SampleRisk.High;

    private static string Letters(string name) => string.Concat(name.Where(char.IsAsciiLetter));
}

/// <summary>The contract's risk categories, by credit score.</summary>
internal enum SampleRisk : byte
{
    Low,
    Medium,
    High,
}
