namespace Payments.Pipeline.Generate;

/// <summary>Who takes part in payments: lots to draw from, one to three for each by its activity.</summary>
internal sealed class SampleRoster
{
    /// <summary>Looks at every customer and merchant once: some 20 ns and 10 bytes each.</summary>
    public SampleRoster(GenerateOptions options)
    {
        Risks = new SampleRisk[options.Customers];
        for (var index = 0; index < Risks.Length; index++)
        {
            Risks[index] = SampleCustomer.RiskOf(SampleCustomer.CreditScoreAt(options.Seed, index));
        }

        Customers = Lots(options.Customers, _ => true);
        HighRiskCustomers = [.. Customers.Where(index => Risks[index] == SampleRisk.High)];
        Merchants = Lots(options.Merchants, SampleMerchant.IsOpen);
    }

    /// <summary>Risk category by customer index.</summary>
    public SampleRisk[] Risks { get; }

    /// <summary>Customer indexes, an active customer's up to three times.</summary>
    public int[] Customers { get; }

    /// <summary>Those of <see cref="Customers"/> in the category HIGH; may be empty.</summary>
    public int[] HighRiskCustomers { get; }

    /// <summary>Indexes of merchants that take payments, a busy one's up to three times; never empty.</summary>
    public int[] Merchants { get; }

    // Neighbours differ: the index alone says how many lots it has.
    private static int[] Lots(int count, Func<int, bool> takesPart) =>
        [.. Enumerable.Range(0, count).Where(takesPart).SelectMany(index => Enumerable.Repeat(index, 1 + (index * 7 % 3)))];
}
