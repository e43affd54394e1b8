using System.Globalization;
using System.Text;
using Payments.Pipeline.Tests.Import;
using Payments.Risk.Features;

namespace Payments.Pipeline.Tests.Score;

/// <summary>A small world of payments, drawn from a seed: few parties, several currencies, equal instants and ids in no order.</summary>
internal sealed class FeatureWorld
{
    private static readonly string[] Currencies = ["USD", "USD", "USD", "EUR", "JPY"];
    private static readonly string[] Methods = ["CREDIT_CARD", "DEBIT_CARD", "WALLET", "CRYPTO"];
    private static readonly string[] Statuses = ["SUCCESS", "SUCCESS", "SUCCESS", "FAILED", "PENDING"];
    private static readonly string?[] Countries = ["DE", "DE", "FR", null];
    private static readonly DateTime From = new(2026, 3, 20, 0, 0, 0, DateTimeKind.Utc);

    public FeatureWorld(int seed, int payments = 150)
    {
        var random = new Random(seed);
        var at = From;
        for (var i = 0; i < payments; i++)
        {
            // Now and then at once, within the hour, within days, and on the microsecond of a window's end.
            at += random.Next(10) switch
            {
                < 2 => TimeSpan.Zero,
                < 5 => TimeSpan.FromMinutes(random.Next(1, 50)),
                5 => TimeSpan.FromHours(1),
                6 => TimeSpan.FromHours(24),
                _ => TimeSpan.FromMilliseconds(random.Next(1, 60_000_000)),
            };
            var merchant = random.Next(Countries.Length);
            var currency = Currencies[random.Next(Currencies.Length)];
            var whole = random.Next(6) switch { 0 => random.Next(1, 6), 1 => random.Next(8_990, 10_010), _ => random.Next(6, 3_000) };
            Payments.Add(new()
            {
                PaymentId = string.Create(CultureInfo.InvariantCulture, $"{(random.Next(2) == 0 ? 'a' : 'B')}{random.Next(1_000)}-{i}"),
                CustomerId = string.Create(CultureInfo.InvariantCulture, $"CUST0000{1 + random.Next(4)}"),
                MerchantId = string.Create(CultureInfo.InvariantCulture, $"MERCH000{1 + merchant}"),
                Thousandths = whole * 1_000L + (currency == "JPY" ? 0 : random.Next(100) * 10L),
                Currency = currency,
                PaymentMethod = Methods[random.Next(Methods.Length)],
                PaymentStatus = Statuses[random.Next(Statuses.Length)],
                Instant = Instants.From(at),
                MerchantCountry = Countries[merchant],
            });
        }

        Payments.Sort((left, right) => left.Instant != right.Instant ? left.Instant.CompareTo(right.Instant) : string.CompareOrdinal(left.PaymentId, right.PaymentId));
        foreach (var payment in Payments)
        {
            if (random.Next(6) == 0) Frauds.Add((payment, payment.Instant + random.Next(0, 9) * Instants.Day));
        }
    }

    /// <summary>The payments in the order of time, then id.</summary>
    public List<PaymentFacts> Payments { get; } = [];

    /// <summary>Frauds and when they become known; some at the instant of their payment.</summary>
    public List<(PaymentFacts Payment, long KnownAt)> Frauds { get; } = [];

    /// <summary>Puts customers, merchants and labels into the store; payments come by import.</summary>
    public static async Task PrepareAsync(ImportLab lab)
    {
        await lab.AddReferencesAsync();
        await lab.ExecuteAsync("""
            update public.merchants
            set country = case merchant_id when 'MERCH0001' then 'DE' when 'MERCH0002' then 'DE' when 'MERCH0003' then 'FR' end
            """);
    }

    public async Task LabelAsync(ImportLab lab)
    {
        foreach (var (payment, knownAt) in Frauds)
        {
            await lab.ExecuteAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"""
                insert into risk.labels (payment_id, source, is_fraud, known_at, customer_id, merchant_id, transaction_date)
                select payment_id, 'test', true, '{Instants.ToDateTime(knownAt):O}', customer_id, merchant_id, transaction_date
                from public.payments where payment_id = '{payment.PaymentId}';
                """));
        }

        // Who says the same later changes nothing.
        await lab.ExecuteAsync("""
            insert into risk.labels (payment_id, source, is_fraud, known_at, customer_id, merchant_id, transaction_date)
            select payment_id, 'again', true, known_at + interval '1 day', customer_id, merchant_id, transaction_date from risk.labels
            """);
    }

    public static string Csv(IEnumerable<PaymentFacts> payments)
    {
        var file = new StringBuilder(ImportLab.PaymentsHeader);
        foreach (var payment in payments)
        {
            var amount = payment.Currency == "JPY" ? payment.Thousandths / 1_000m : payment.Thousandths / 10 / 100m;
            file.Append(
                CultureInfo.InvariantCulture,
                $"{payment.PaymentId},{payment.CustomerId},{payment.MerchantId},{amount},{payment.Currency},{payment.PaymentMethod},{payment.PaymentStatus},{Instants.ToDateTime(payment.Instant):yyyy-MM-ddTHH:mm:ss.ffffff}Z\n");
        }

        return file.ToString();
    }
}
