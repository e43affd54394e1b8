using System.Globalization;
using Payments.Risk.Features;

namespace Payments.Risk.Tests.Features;

/// <summary>A history, and payments as short as a test can say them.</summary>
internal sealed class FeatureLab
{
    public PaymentHistory History { get; } = new();

    /// <summary>A Wednesday, at noon.</summary>
    public static DateTime Noon { get; } = new(2026, 6, 17, 12, 0, 0, DateTimeKind.Utc);

    public static PaymentFacts Payment(
        string id, TimeSpan at, decimal amount = 100, string customer = "c", string merchant = "m", string currency = "USD", string? method = "CREDIT_CARD", string status = "SUCCESS", string? country = "DE") => new()
        {
            PaymentId = id,
            CustomerId = customer,
            MerchantId = merchant,
            Thousandths = (long)(amount * 1_000),
            Currency = currency,
            PaymentMethod = method,
            PaymentStatus = status,
            Instant = Instants.From(Noon + at),
            MerchantCountry = country,
        };

    public FeatureLab Has(params PaymentFacts[] payments)
    {
        foreach (var payment in payments) History.Add(payment);
        return this;
    }

    public Features Of(PaymentFacts payment)
    {
        var row = new double[FeatureCatalogue.Count];
        Array.Fill(row, double.NegativeInfinity);
        History.Compute(payment, row);
        Assert.DoesNotContain(double.NegativeInfinity, row);
        return new(row);
    }

    internal sealed class Features(double[] row)
    {
        public double this[string name] => FeatureCatalogue.TryFind(name, out var place) ? row[place] : throw new ArgumentException(name);

        public double[] Row => row;

        public override string ToString() => string.Join(", ", FeatureCatalogue.All.Select((feature, place) => string.Create(CultureInfo.InvariantCulture, $"{feature.Name}={row[place]}")));
    }
}
