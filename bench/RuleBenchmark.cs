using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Payments.Risk.Engine;
using Payments.Risk.Features;
using Payments.Risk.Rules;

namespace Payments.Bench;

/// <summary>What it costs to ask rules about a payment: the part of scoring that grows with every rule somebody adds.</summary>
internal static class RuleBenchmark
{
    private const int Payments = 100_000;
    private const int Rounds = 10;
    private const int Stretch = 1_000;

    private static readonly string[] Expressions =
    [
        "amount > 10_000", "amount > 5_000 and amount <= 10_000", "customer_risk = 'HIGH'", "customer_risk = 'MEDIUM'", "customer_failed_24h >= 3",
        "payment_method = 'CRYPTO'", "is_night", "customer_amount_ratio >= 5 and customer_amount_zscore >= 3 and customer_count_30d > 4",
        "customer_small_1h >= 3 or customer_failed_1h >= 3", "amount >= 9_000 and amount < 10_000 and customer_near_limit_24h >= 2",
        "is_new_merchant and amount > 1_000 and customer_amount_ratio >= 3", "merchant_fraud_rate_30d >= 0.05 and merchant_frauds_30d >= 3", "score > 70",
        "customer_country != merchant_country and amount > 2_000", "customer_country in ('RU', 'KP', 'IR') or merchant_country in ('RU', 'KP', 'IR')",
        "customer_sum_24h > 3 * customer_mean_30d and customer_count_24h > 5", "not is_weekend and hour between 1 and 4 and amount > 500",
        "business_type = 'TRAVEL' and is_new_merchant and payment_method in ('CRYPTO', 'WALLET')", "customer_amount_to_greatest > 2 or customer_seconds_since_previous < 20",
        "merchant_count_1h > 10 * (1 + merchant_count_24h / 24) and merchant_failed_1h > 5",
    ];

    public static Command Command()
    {
        var command = new Command("rules", "Asks 20 typical rules about payments, on one thread, in memory.");
        command.SetAction(_ => Run());
        return command;
    }

    private static void Run()
    {
        var rules = new RuleSet(Expressions.Select((expression, place) => new Rule
        {
            Id = place,
            Code = string.Create(CultureInfo.InvariantCulture, $"RULE_{place:00}"),
            Version = 1,
            Description = "A rule",
            Expression = RuleExpression.Parse(expression),
            Mode = RuleMode.Live,
        }));
        var subjects = Draw();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var fastest = double.MaxValue;
        var bytes = 0.0;
        long hits = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var tally = rules.Count(new Dictionary<long, RuleActivity>());
            hits = 0;
            var before = GC.GetAllocatedBytesForCurrentThread();
            // The best of short stretches: on a machine that others use too, a long one is never undisturbed.
            foreach (var stretch in subjects.Chunk(Stretch))
            {
                var from = Stopwatch.GetTimestamp();
                foreach (var subject in stretch)
                {
                    hits += rules.Evaluate(subject, now, PartyLists.Empty, tally).Live.Count;
                    hits += rules.EvaluateFinal(subject, 50, now, PartyLists.Empty, tally).Live.Count;
                }

                fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(from).TotalNanoseconds / Stretch);
            }

            bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Payments;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"rules={Expressions.Length} ns={fastest:0} bytes={bytes:0} hits={(double)hits / Payments:0.00}"));
    }

    private static RiskSubject[] Draw()
    {
        var random = new Random(42);
        string[] methods = ["CREDIT_CARD", "DEBIT_CARD", "BANK_TRANSFER", "PAYPAL", "CRYPTO", "WALLET"];
        string[] risks = ["LOW", "LOW", "LOW", "MEDIUM", "HIGH"];
        string[] countries = ["DE", "US", "FR", "GB", "RU"];
        return
        [
            .. Enumerable.Range(0, Payments).Select(number =>
            {
                var features = new double[FeatureCatalogue.Count];
                for (var place = 0; place < features.Length; place++)
                {
                    features[place] = FeatureCatalogue.All[place].Unit == "flag" ? random.Next(4) / 3 : random.NextDouble() * 3;
                }

                var amount = Math.Exp(random.NextDouble() * 9.5);
                features[0] = amount;
                return new RiskSubject
                {
                    PaymentId = string.Create(CultureInfo.InvariantCulture, $"P{number}"),
                    CustomerId = "C",
                    MerchantId = "M",
                    Amount = (decimal)amount,
                    Currency = "USD",
                    PaymentMethod = methods[random.Next(methods.Length)],
                    PaymentStatus = "SUCCESS",
                    TransactionDate = new(2026, 1, 31, 14, 0, 0, DateTimeKind.Utc),
                    CustomerCountry = countries[random.Next(countries.Length)],
                    CustomerRisk = risks[random.Next(risks.Length)],
                    MerchantCountry = countries[random.Next(countries.Length)],
                    BusinessType = random.Next(4) == 0 ? "TRAVEL" : "RETAIL",
                    Features = features,
                };
            }),
        ];
    }
}
