using System.Globalization;
using System.Text;
using Payments.Pipeline.Rescore;
using Payments.Pipeline.Tests.Import;
using Payments.Risk.Features;

namespace Payments.Pipeline.Tests.Rescore;

public sealed class HistoricalFeaturesTests
{
    private static readonly DateTime From = new(2025, 3, 10, 7, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Until = new(2025, 4, 20, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task Each_payment_has_the_features_of_what_was_there_and_known_before_it()
    {
        await using var lab = await ImportLab.OpenAsync();
        await AddPartiesAsync(lab);
        var drawn = Draw(900);
        // Late arrivals and their elders come in any order: two files, neither sorted.
        await lab.ImportAsync("payments", File(drawn.Where((_, i) => i % 3 == 0)));
        await lab.ImportAsync("payments", File(drawn.Where((_, i) => i % 3 != 0).Reverse()));
        await lab.ExecuteAsync(
            """
            insert into risk.labels (payment_id, source, is_fraud, known_at, customer_id, merchant_id, transaction_date)
            select payment_id, word.source, word.is_fraud, transaction_date + word.after, customer_id, merchant_id, transaction_date
            from public.payments
            cross join (values ('handbook', true, interval '7 days'), ('dispute', true, interval '3 days')) as word (source, is_fraud, after)
            where payment_id like '%7' and (word.source = 'handbook' or payment_id like '%77')
            """);

        var read = await ReadAsync(lab, From, Until);
        var expected = drawn.Where(payment => payment.At >= From && payment.At < Until).OrderBy(payment => payment.At).ThenBy(payment => payment.Id, StringComparer.Ordinal).ToList();

        Assert.Equal(expected.Select(payment => payment.Id), read.Select(payment => payment.Subject.PaymentId));
        foreach (var (payment, passed) in expected.Zip(read))
        {
            Assert.Equal(Oracle(payment, drawn), passed.Subject.Features.ToArray());
            Assert.Equal(
                IsFraud(payment) ? new KnownLabel(true, payment.At.AddDays(payment.Id.EndsWith("77", StringComparison.Ordinal) ? 3 : 7)) : null,
                passed.Label);
        }

        var first = read[0].Subject;
        Assert.Equal(("DE", "HIGH", "US", "RETAIL"), (first.CustomerCountry, first.CustomerRisk, first.MerchantCountry, first.BusinessType));
    }

    [Fact]
    public async Task A_payment_counts_as_failed_from_when_it_failed()
    {
        await using var lab = await ImportLab.OpenAsync();
        await AddPartiesAsync(lab);
        const string pending = "P1,C1,M1,10.00,USD,WALLET,PENDING,2025-03-10T10:00:00Z\n";
        await lab.ImportAsync(
            "payments",
            ImportLab.PaymentsHeader + pending + "P2,C1,M1,10.00,USD,WALLET,SUCCESS,2025-03-10T10:30:00Z\nP3,C1,M1,10.00,USD,WALLET,SUCCESS,2025-03-10T11:00:00Z\n");
        await lab.ImportAsync("payments", ImportLab.PaymentsHeader + pending.Replace("PENDING", "FAILED", StringComparison.Ordinal), mode: "update");
        await lab.ExecuteAsync("update ops.payment_history set moved_at = '2025-03-10 10:45:00Z'");

        var read = await ReadAsync(lab, From, Until);

        Assert.True(FeatureCatalogue.TryFind("customer_failed_24h", out var ofCustomer) & FeatureCatalogue.TryFind("merchant_failed_24h", out var ofMerchant));
        Assert.Equal(
            ["P1 PENDING 0 0", "P2 SUCCESS 0 0", "P3 SUCCESS 1 1"],
            read.Select(payment => $"{payment.Subject.PaymentId} {payment.Subject.PaymentStatus} {payment.Subject.Features.Span[ofCustomer]} {payment.Subject.Features.Span[ofMerchant]}"));
    }

    [Fact]
    public async Task What_is_stored_comes_with_each_payment_and_a_caller_may_stop_in_the_middle()
    {
        await using var lab = await ImportLab.OpenAsync();
        await AddPartiesAsync(lab);
        await lab.ImportAsync("payments", File(Draw(2_000)));
        await lab.ExecuteAsync("update public.payments set risk_score = 71.25, is_suspicious = true where payment_id = 'P0001'");

        await foreach (var page in new HistoricalFeatures(lab.Worker).ReadAsync(new(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc), Until))
        {
            var marked = page.FirstOrDefault(payment => payment.Subject.PaymentId == "P0001");
            if (marked is null) continue;
            Assert.Equal(new StoredScore(71.25m, IsSuspicious: true, Decision: null, IsFlagKept: false), marked.Stored);
            return;
        }

        Assert.Fail("The payment has not come.");
    }

    private static async Task<List<HistoricalPayment>> ReadAsync(ImportLab lab, DateTime from, DateTime until)
    {
        var read = new List<HistoricalPayment>();
        await foreach (var page in new HistoricalFeatures(lab.Worker).ReadAsync(from, until)) read.AddRange(page);
        return read;
    }

    /// <summary>The features from a history of all that was there before, put together for this payment alone.</summary>
    private static double[] Oracle(Drawn payment, IEnumerable<Drawn> all)
    {
        var history = new PaymentHistory();
        foreach (var earlier in all.Where(earlier => earlier.At < payment.At || (earlier.At == payment.At && string.CompareOrdinal(earlier.Id, payment.Id) < 0)))
        {
            history.Add(earlier.Facts);
            if (IsFraud(earlier)) history.AddFraud(earlier.Customer, earlier.Merchant, earlier.Id, Instants.From(earlier.At), Instants.From(earlier.At.AddDays(earlier.Id.EndsWith("77", StringComparison.Ordinal) ? 3 : 7)));
        }

        var features = new double[FeatureCatalogue.Count];
        history.Compute(payment.Facts, features);
        return features;
    }

    private static bool IsFraud(Drawn payment) => payment.Id.EndsWith('7');

    private static List<Drawn> Draw(int count)
    {
        var random = new Random(7);
        var first = new DateTime(2025, 1, 20, 0, 0, 0, DateTimeKind.Utc);
        return
        [
            .. Enumerable.Range(0, count).Select(i => new Drawn(
                string.Create(CultureInfo.InvariantCulture, $"P{i:D4}"),
                $"C{random.Next(1, 6)}",
                $"M{random.Next(1, 4)}",
                random.Next(4) == 0 ? "EUR" : "USD",
                random.Next(5) == 0 ? "FAILED" : "SUCCESS",
                random.Next(1, 1_200_000) / 100m,
                // On the ten minutes, so that some share an instant.
                first.AddMinutes(random.Next(0, 90 * 24 * 6) * 10))),
        ];
    }

    private static string File(IEnumerable<Drawn> payments) => payments.Aggregate(
        new StringBuilder(ImportLab.PaymentsHeader),
        (file, payment) => file.Append(
            CultureInfo.InvariantCulture,
            $"{payment.Id},{payment.Customer},{payment.Merchant},{payment.Amount:0.00},{payment.Currency},CREDIT_CARD,{payment.Status},{payment.At:yyyy-MM-dd'T'HH:mm:ss'Z'}\n")).ToString();

    private static Task AddPartiesAsync(ImportLab lab) => lab.ExecuteAsync(
        """
        insert into public.customers (customer_id, customer_name, country, risk_category, credit_score)
        select 'C' || n, 'Customer ' || n, 'DE', 'HIGH', 555 from generate_series(1, 5) as n;
        insert into public.merchants (merchant_id, merchant_name, country, business_type)
        select 'M' || n, 'Merchant ' || n, 'US', 'RETAIL' from generate_series(1, 3) as n
        """);

    private sealed record Drawn(string Id, string Customer, string Merchant, string Currency, string Status, decimal Amount, DateTime At)
    {
        public PaymentFacts Facts => new()
        {
            PaymentId = Id,
            CustomerId = Customer,
            MerchantId = Merchant,
            Thousandths = (long)(Amount * 1_000),
            Currency = Currency,
            PaymentMethod = "CREDIT_CARD",
            PaymentStatus = Status,
            Instant = Instants.From(At),
            CustomerCountry = "DE",
            CustomerRisk = "HIGH",
            CreditScore = 555,
            MerchantCountry = "US",
            BusinessType = "RETAIL",
        };
    }
}
