using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Payments.Pipeline.Generate;

namespace Payments.Pipeline.Tests.Generate;

public sealed partial class SamplePaymentsTests
{
    private static readonly GenerateOptions Default = new();
    private static readonly GenerateOptions Large = new() { Customers = 5_000, Merchants = 200, Payments = 40_000 };

    [Fact]
    public void The_same_seed_and_day_give_the_same_bytes_on_every_machine()
    {
        var text = SampleText.Payments(Default, new(2026, 3, 1), 14);

        Assert.Equal(text, SampleText.Payments(Default, new(2026, 3, 1), 14));
        Assert.Equal("83ceb9aae25237fa", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16]);
    }

    [Fact]
    public void Another_seed_gives_other_payments_of_other_customers_and_merchants()
    {
        var ours = SampleText.Window(Default);
        var theirs = SampleText.Window(Default with { Seed = 7 });

        Assert.Empty(ours.Select(payment => payment.Id).Intersect(theirs.Select(payment => payment.Id)));
        Assert.Empty(ours.Select(payment => payment.Customer).Intersect(theirs.Select(payment => payment.Customer)));
        Assert.Empty(ours.Select(payment => payment.Merchant).Intersect(theirs.Select(payment => payment.Merchant)));
    }

    [Fact]
    public void Other_sizes_share_customers_but_no_payment_id()
    {
        var ids = new List<string>();
        foreach (var options in new[]
        {
            Default, Default with { Customers = 501 }, Default with { Merchants = 51 }, Default with { Payments = 5_001 }, Default with { Days = 91 },
        })
        {
            ids.AddRange(SampleText.Window(options).Select(payment => payment.Id));
        }

        Assert.Equal(25_001, ids.Count);
        Assert.Equal(25_001, ids.Distinct().Count());
    }

    [Theory]
    [InlineData(5_000, 90)]
    [InlineData(5_000, 1)]
    [InlineData(7, 90)]
    [InlineData(0, 30)]
    [InlineData(1_000_003, 365)]
    public void Any_window_of_so_many_days_has_exactly_so_many_payments(int payments, int days)
    {
        var calendar = new SampleDays(Default with { Payments = payments, Days = days });
        for (var from = new DateOnly(2020, 1, 1); from < new DateOnly(2028, 1, 1); from = from.AddDays(13))
        {
            Assert.Equal(payments, Enumerable.Range(0, days).Sum(at => calendar.CountOn(from.AddDays(at))));
        }
    }

    [Fact]
    public void Days_vary_but_keep_near_their_mean()
    {
        var calendar = new SampleDays(Default);
        var counts = Enumerable.Range(0, 90).Select(at => calendar.CountOn(SampleText.Today.AddDays(at))).ToList();

        Assert.All(counts, count => Assert.InRange(count, 36, 76));
        Assert.True(counts.Distinct().Count() > 20, "Every day has nearly the same number.");
    }

    [Fact]
    public void A_day_does_not_depend_on_the_window_it_is_made_in()
    {
        var window = SampleText.Window(Default);
        var day = SampleText.Today.AddDays(-40);

        Assert.Equal(window.Where(payment => payment.Day == day), SampleText.PaymentLines(Default, day, 1));
    }

    [Fact]
    public void Payments_are_on_their_day_with_an_id_of_it_and_known_words_only()
    {
        string[] reasons =
        [
            "insufficient funds", "card declined", "authentication failed", "network timeout", "invalid card details",
            "fraud detection triggered", "daily limit exceeded",
        ];
        var window = SampleText.Window(Large);

        Assert.Equal(40_000, window.Select(payment => payment.Id).Distinct().Count());
        Assert.All(window, payment =>
        {
            Assert.Matches(PaymentId(), payment.Id);
            Assert.Equal($"PAY-{payment.At:yyyyMMdd}-", payment.Id[..13]);
            Assert.Equal("USD", payment.Currency);
            Assert.Equal(payment.Status == "FAILED", payment.FailureReason != "");
            Assert.Equal(payment.Status == "PENDING", payment.Seconds is null);
            if (payment.FailureReason.Contains("card", StringComparison.Ordinal)) Assert.EndsWith("_CARD", payment.Method);
        });
        Assert.Equal(reasons.Order(), window.Select(payment => payment.FailureReason).Where(reason => reason != "").Distinct().Order());
        Assert.Equal(
            ["BANK_TRANSFER", "CREDIT_CARD", "CRYPTO", "DEBIT_CARD", "PAYPAL", "WALLET"],
            window.Select(payment => payment.Method).Distinct().Order());
        Assert.Equal(["FAILED", "PENDING", "REFUNDED", "SUCCESS"], window.Select(payment => payment.Status).Distinct().Order());
    }

    [Theory]
    [InlineData(42)]
    [InlineData(7)]
    public void Amounts_are_10_to_50000_and_one_in_twenty_exceeds_5000(int seed)
    {
        var amounts = SampleText.Window(Large with { Seed = seed }).Select(payment => payment.Amount).Order().ToList();

        Assert.InRange(amounts[0], 10.00m, 10.50m);
        Assert.InRange(amounts[^1], 49_000m, 50_000m);
        Assert.InRange(amounts[amounts.Count / 2], 270m, 330m);
        Assert.InRange(amounts.Count(amount => amount > 5_000) / 40_000.0, 0.045, 0.060);
        Assert.InRange(amounts.Count(amount => amount > 10_000) / 40_000.0, 0.018, 0.026);
        Assert.All(amounts, amount => Assert.Equal(amount, decimal.Round(amount, 2)));
    }

    [Theory]
    [InlineData(42)]
    [InlineData(7)]
    public void Success_follows_the_risk_category(int seed)
    {
        var options = Large with { Seed = seed };
        var risks = SampleText.Lines(SampleText.Customers(options)).ToDictionary(customer => customer[0], customer => customer[7]);
        var rates = SampleText.Window(options)
            .GroupBy(payment => risks[payment.Customer])
            .ToDictionary(group => group.Key, group => group.Average(payment => payment.Status == "SUCCESS" ? 100.0 : 0));

        Assert.InRange(rates["LOW"], 94.5, 95.5);
        Assert.InRange(rates["MEDIUM"], 84.5, 85.5);
        Assert.InRange(rates["HIGH"], 63.5, 66.5);
    }

    [Theory]
    [InlineData(42, 5_000)]
    [InlineData(7, 5_000)]
    [InlineData(42, 40_000)]
    public void Some_payments_score_70_and_more(int seed, int payments)
    {
        var options = Default with { Seed = seed, Payments = payments };
        var scores = StarterScores(options);

        Assert.InRange(scores.Count(score => score >= 70) / (double)payments, 0.005, 0.02);
        Assert.Contains(100, scores);
    }

    [Fact]
    public void People_pay_less_at_night()
    {
        var byHour = SampleText.Window(Large).CountBy(payment => payment.At.Hour).ToDictionary();

        Assert.Equal(24, byHour.Count);
        Assert.True(byHour[18] > 5 * byHour[3]);
        Assert.InRange(byHour.Where(hour => hour.Key < 6).Sum(hour => hour.Value) / 40_000.0, 0.03, 0.06);
    }

    [Fact]
    public void Payments_lie_after_registration_and_within_the_merchants_active_time()
    {
        var customers = SampleText.Lines(SampleText.Customers(Default)).ToDictionary(fields => fields[0]);
        var merchants = SampleText.Lines(SampleText.Merchants(Default)).ToDictionary(fields => fields[0]);
        var window = SampleText.PaymentLines(Default, SampleDays.Earliest, 90);

        Assert.All(window, payment =>
        {
            Assert.True(DateOnly.ParseExact(customers[payment.Customer][5], "yyyy-MM-dd") < payment.Day);
            var merchant = merchants[payment.Merchant];
            Assert.True(DateOnly.ParseExact(merchant[6], "yyyy-MM-dd") < payment.Day);
            Assert.Equal(("ACTIVE", ""), (merchant[5], merchant[7]));
        });
    }

    [Fact]
    public void One_customer_and_one_merchant_are_enough()
    {
        var window = SampleText.Window(new() { Customers = 1, Merchants = 1, Payments = 100, Days = 3 });

        Assert.Equal(100, window.Count);
        Assert.All(window, payment => Assert.Equal(("CUST00001", "MERCH001"), (payment.Customer, payment.Merchant)));
    }

    // The starter rules of 20_score, recomputed the slow way.
    private static List<int> StarterScores(GenerateOptions options)
    {
        var risks = SampleText.Lines(SampleText.Customers(options)).ToDictionary(customer => customer[0], customer => customer[7]);
        var scores = new List<int>();
        foreach (var payments in SampleText.Window(options).GroupBy(payment => payment.Customer))
        {
            var earlier = new List<PaymentLine>();
            foreach (var payment in payments.OrderBy(payment => payment.At).ThenBy(payment => payment.Id, StringComparer.Ordinal))
            {
                var failures = earlier.Count(other => other.Status == "FAILED" && other.At >= payment.At.AddDays(-1));
                var score = (payment.Amount > 10_000 ? 40 : payment.Amount > 5_000 ? 15 : 0)
                    + (risks[payment.Customer] switch { "HIGH" => 30, "MEDIUM" => 10, _ => 0 })
                    + (failures >= 3 ? 25 : 0)
                    + (payment.Method == "CRYPTO" ? 10 : 0)
                    + (payment.At.Hour < 6 ? 5 : 0);
                scores.Add(int.Min(100, score));
                earlier.Add(payment);
            }
        }

        return scores;
    }

    [GeneratedRegex("^PAY-[0-9]{8}-[0-9A-Z]{8}-[0-9]{6}$")]
    private static partial Regex PaymentId();
}
