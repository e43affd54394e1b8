using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Generate;

/// <summary>The sample as CSV files: streamed, whatever the size.</summary>
internal sealed class SampleFiles(GenerateOptions options)
{
    private readonly Lazy<SamplePools> _pools = new(() => new(options.Seed));

    /// <summary>The payments.</summary>
    public SamplePayments Payments { get; } = new(options);

    /// <summary>Asks the store what it lacks of the window.</summary>
    public async Task<MissingSample> FindMissingAsync(RunContext run, DateOnly from, DateOnly until, CancellationToken cancellationToken)
    {
        var lastIds = new Dictionary<string, DateOnly>();
        for (var day = from; day < until; day = day.AddDays(1))
        {
            if (Payments.LastIdOn(day) is { } lastId)
            {
                lastIds.Add(lastId, day);
            }
        }

        await using var command = run.DataSource.CreateCommand("select has_customers, has_merchants, payment_ids from pipeline.find_sample($1, $2, $3)");
        command.Parameters.Add(new() { Value = SampleIds.Customer(options.Seed, options.Customers - 1) });
        command.Parameters.Add(new() { Value = SampleIds.Merchant(options.Seed, options.Merchants - 1) });
        command.Parameters.Add(new() { Value = lastIds.Keys.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        foreach (var known in reader.GetFieldValue<string[]>(2))
        {
            lastIds.Remove(known);
        }

        return new(!reader.GetBoolean(0), !reader.GetBoolean(1), [.. lastIds.Values.Order()]);
    }

    /// <summary>Writes the customers.</summary>
    public void WriteCustomers(Stream output)
    {
        using var csv = new CsvBytes(output);
        csv.Record("customer_id", "customer_name", "email", "phone", "country", "registration_date", "credit_score", "risk_category");
        for (var index = 0; index < options.Customers; index++)
        {
            var customer = SampleCustomer.At(_pools.Value, options.Seed, index);
            csv.Record(
                customer.Id,
                customer.Name,
                customer.Email,
                customer.Phone,
                customer.Country,
                customer.RegistrationDate,
                customer.CreditScore,
                customer.Risk.ToString().ToUpperInvariant());
        }

        csv.Flush();
    }

    /// <summary>Writes the merchants; payments are settled from their first active day on.</summary>
    public void WriteMerchants(Stream output)
    {
        using var csv = new CsvBytes(output);
        csv.Record(
            "merchant_id", "merchant_name", "business_type", "country", "commission_rate", "status", "active_from", "active_until", "settles_from");
        for (var index = 0; index < options.Merchants; index++)
        {
            var merchant = SampleMerchant.At(_pools.Value, options.Seed, index);
            csv.Record(
                merchant.Id,
                merchant.Name,
                merchant.BusinessType,
                merchant.Country,
                merchant.CommissionRate,
                merchant.Status,
                merchant.ActiveFrom,
                merchant.ActiveUntil,
                merchant.ActiveFrom);
        }

        csv.Flush();
    }

    /// <summary>Writes the payments of the days, in their order.</summary>
    public void WritePayments(IEnumerable<DateOnly> days, Stream output, CancellationToken cancellationToken)
    {
        using var csv = new CsvBytes(output);
        SamplePayments.WriteHeader(csv);
        foreach (var day in days)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Payments.WriteDay(day, csv);
        }

        csv.Flush();
    }
}

/// <summary>What the store lacks of the sample.</summary>
internal sealed record MissingSample(bool Customers, bool Merchants, IReadOnlyList<DateOnly> Days);
