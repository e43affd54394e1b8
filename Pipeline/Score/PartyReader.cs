using Payments.Pipeline.Load;
using Payments.Pipeline.Validate;
using Payments.Risk.Features;

namespace Payments.Pipeline.Score;

/// <summary>Reads what the store knows of the parties of payments, once a party.</summary>
internal sealed class PartyReader(Lane lane)
{
    private readonly WordCache _words = new();

    /// <summary>Payments that are new, as scoring looks at them, in their order.</summary>
    public async Task<List<(long Record, PaymentFacts Facts)>> DescribeAsync(
        IReadOnlyList<StagedPayment> payments, CancellationToken cancellationToken)
    {
        if (payments.Count == 0) return [];
        var customers = new Dictionary<string, Customer>(StringComparer.Ordinal);
        var merchants = new Dictionary<string, Merchant>(StringComparer.Ordinal);
        foreach (var payment in payments)
        {
            customers.TryAdd(payment.CustomerId!, default);
            merchants.TryAdd(payment.MerchantId!, default);
        }

        const string OfCustomers = "select customer_id, country, risk_category, credit_score from pipeline.describe_customers($1)";
        await using (var command = lane.Command(OfCustomers, (object)customers.Keys.ToArray()))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var id = reader.GetString(0);
                customers[id] = new(id, _words.Of(reader, 1), _words.Of(reader, 2), reader.IsDBNull(3) ? null : reader.GetInt32(3));
            }
        }

        const string OfMerchants = "select merchant_id, country, business_type from pipeline.describe_merchants($1)";
        await using (var command = lane.Command(OfMerchants, (object)merchants.Keys.ToArray()))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                merchants[reader.GetString(0)] = new(_words.Of(reader, 1), _words.Of(reader, 2));
            }
        }

        var described = new List<(long Record, PaymentFacts Facts)>(payments.Count);
        foreach (var payment in payments)
        {
            described.Add((payment.RecordNumber, FactsOf(payment, customers[payment.CustomerId!], merchants[payment.MerchantId!])));
        }

        return described;
    }

    /// <summary>What a well-formed payment says itself, as scoring looks at it: nothing of its parties is known yet.</summary>
    public static PaymentFacts FactsOf(StagedPayment payment) => FactsOf(payment, default, default);

    private static PaymentFacts FactsOf(StagedPayment payment, Customer customer, Merchant merchant) => new()
    {
        PaymentId = payment.PaymentId!,
        // One string a customer, not one a payment.
        CustomerId = customer.Id ?? payment.CustomerId!,
        MerchantId = payment.MerchantId!,
        Thousandths = payment.Thousandths!.Value,
        Currency = payment.Currency!,
        PaymentMethod = payment.PaymentMethod,
        PaymentStatus = payment.PaymentStatus!,
        Instant = payment.Instant!.Value,
        CustomerCountry = customer.Country,
        CustomerRisk = customer.Risk,
        CreditScore = customer.CreditScore,
        MerchantCountry = merchant.Country,
        BusinessType = merchant.BusinessType,
    };

    private readonly record struct Customer(string? Id, string? Country, string? Risk, int? CreditScore);

    private readonly record struct Merchant(string? Country, string? BusinessType);
}
