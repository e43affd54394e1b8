using Payments.Risk.Features;
using static Payments.Risk.Tests.Features.FeatureLab;

namespace Payments.Risk.Tests.Features;

public sealed class PaymentHistoryTests
{
    private readonly FeatureLab _lab = new();

    [Fact]
    public void The_first_payment_sees_only_itself()
    {
        var features = _lab.Of(Payment("p", default, 120) with { CreditScore = 640 });

        Assert.Equal(120, features["amount"]);
        Assert.Equal(Math.Log(121), features["amount_log"]);
        Assert.Equal(12, features["hour"]);
        Assert.Equal(0, features["is_night"]);
        Assert.Equal(0, features["is_weekend"]);
        Assert.Equal(640, features["credit_score"]);
        Assert.Equal(1, features["customer_count_30d"]);
        Assert.Equal(120, features["customer_sum_1h"]);
        Assert.Equal(120, features["merchant_mean_30d"]);
        Assert.Equal(0, features["customer_deviation_30d"]);
        Assert.True(double.IsNaN(features["customer_amount_ratio"]));
        Assert.True(double.IsNaN(features["customer_amount_zscore"]));
        Assert.True(double.IsNaN(features["customer_seconds_since_previous"]));
        Assert.Equal(1, features["is_new_merchant"]);
        Assert.Equal(1, features["is_new_country"]);
        Assert.Equal(1, features["is_new_method"]);
        Assert.Equal(0, features["merchant_fraud_rate_30d"]);
    }

    [Fact]
    public void Windows_end_with_the_payment_and_begin_behind_their_length()
    {
        // At exactly one hour, a day, seven days, thirty days before: outside; a microsecond later: inside.
        _lab.Has(
            Payment("a", -TimeSpan.FromDays(30)),
            Payment("b", -TimeSpan.FromDays(30) + TimeSpan.FromMicroseconds(1)),
            Payment("c", -TimeSpan.FromDays(7)),
            Payment("d", -TimeSpan.FromHours(24)),
            Payment("e", -TimeSpan.FromHours(24) + TimeSpan.FromMicroseconds(1)),
            Payment("f", -TimeSpan.FromHours(1)),
            Payment("g", TimeSpan.FromMicroseconds(1)));

        var features = _lab.Of(Payment("p", default));

        Assert.Equal(1, features["customer_count_1h"]);
        Assert.Equal(3, features["customer_count_24h"]);
        Assert.Equal(4, features["customer_count_7d"]);
        Assert.Equal(6, features["customer_count_30d"]);
        Assert.Equal(1, features["merchant_count_1h"]);
        Assert.Equal(3, features["merchant_count_24h"]);
    }

    [Fact]
    public void Sums_means_and_deviations_are_of_the_same_currency_and_counts_of_all()
    {
        _lab.Has(
            Payment("a", -TimeSpan.FromMinutes(50), 10),
            Payment("b", -TimeSpan.FromMinutes(40), 20),
            Payment("c", -TimeSpan.FromMinutes(30), 5_000, currency: "JPY"));

        var features = _lab.Of(Payment("p", default, 60));

        Assert.Equal(4, features["customer_count_1h"]);
        Assert.Equal(90, features["customer_sum_1h"]);
        Assert.Equal(30, features["customer_mean_1h"]);
        // (20² + 10² + 30²) / 3 = 1400 / 3.
        Assert.Equal(Math.Sqrt(1_400.0 / 3), features["customer_deviation_1h"], 1e-12);
        Assert.Equal(4, features["merchant_count_1h"]);
        Assert.Equal(90, features["merchant_sum_24h"]);
        Assert.Equal(Math.Sqrt(1_400.0 / 3), features["merchant_deviation_24h"], 1e-12);
    }

    [Fact]
    public void Habits_are_those_of_earlier_payments()
    {
        _lab.Has(Payment("a", -TimeSpan.FromDays(3), 10), Payment("b", -TimeSpan.FromDays(2), 20), Payment("c", -TimeSpan.FromDays(1), 30));

        var features = _lab.Of(Payment("p", default, 100));

        Assert.Equal(5, features["customer_amount_ratio"]);
        Assert.Equal(80 / Math.Sqrt(200.0 / 3), features["customer_amount_zscore"], 1e-12);
        Assert.Equal(Math.Log(101.0 / 21), features["customer_amount_log_ratio"], 1e-12);
        Assert.Equal(100.0 / 30, features["customer_amount_to_greatest"], 1e-12);
        Assert.Equal(5, features["merchant_amount_ratio"]);
        Assert.Equal(86_400, features["customer_seconds_since_previous"]);
    }

    [Fact]
    public void Equal_amounts_deviate_by_nothing_and_another_one_by_a_bounded_number()
    {
        for (var i = 1; i <= 50; i++) _lab.Has(Payment($"p{i:D2}", -TimeSpan.FromHours(i), 1_234_567.891m));

        var same = _lab.Of(Payment("q", default, 1_234_567.891m));
        var other = _lab.Of(Payment("q", default, 2 * 1_234_567.891m));

        Assert.Equal(0, same["customer_deviation_30d"]);
        Assert.Equal(0, same["merchant_deviation_30d"]);
        Assert.Equal(0, same["customer_amount_zscore"], 1e-9);
        Assert.Equal(100, other["customer_amount_zscore"], 1e-9);
    }

    [Fact]
    public void Weeks_of_a_merchant_are_whole_days_and_the_day_so_far()
    {
        _lab.Has(
            // 29 and 6 whole days before the 17th: May 19 and June 11.
            Payment("a", new DateTime(2026, 5, 18, 23, 59, 59) - Noon, customer: "x"),
            Payment("b", new DateTime(2026, 5, 19, 0, 0, 0) - Noon, customer: "x"),
            Payment("c", new DateTime(2026, 6, 10, 23, 59, 59) - Noon, customer: "x"),
            Payment("d", new DateTime(2026, 6, 11, 0, 0, 0) - Noon, customer: "x"),
            Payment("e", new DateTime(2026, 6, 17, 0, 0, 0) - Noon, customer: "x"),
            Payment("f", new DateTime(2026, 6, 17, 12, 0, 1) - Noon, customer: "x"));

        var features = _lab.Of(Payment("p", default));

        Assert.Equal(5, features["merchant_count_30d"]);
        Assert.Equal(3, features["merchant_count_7d"]);
        Assert.Equal(2, features["merchant_count_24h"]);
        Assert.Equal(1, features["customer_count_30d"]);
    }

    [Fact]
    public void Payments_of_one_instant_are_ordered_by_their_ids()
    {
        _lab.Has(Payment("B", default), Payment("a", default), Payment("b", default));

        Assert.Equal(1, _lab.Of(Payment("B", default))["customer_count_1h"]);
        Assert.Equal(2, _lab.Of(Payment("a", default))["customer_count_1h"]);
        Assert.Equal(3, _lab.Of(Payment("b", default))["merchant_count_1h"]);
    }

    [Fact]
    public void It_does_not_matter_when_a_payment_arrived_nor_how_often()
    {
        var payments = Enumerable.Range(0, 40).Select(i => Payment($"p{i:D2}", -TimeSpan.FromHours(i * 7 % 40 * 3), 10 + i, merchant: $"m{i % 3}")).ToArray();
        var reversed = new FeatureLab().Has([.. payments.Reverse()]).Has(payments);
        _lab.Has(payments);

        foreach (var payment in payments) Assert.Equal(_lab.Of(payment).Row, reversed.Of(payment).Row);
        Assert.Equal(80, reversed.History.Size);
    }

    [Fact]
    public void What_comes_later_changes_nothing()
    {
        var payment = Payment("p", default);
        _lab.Has(Payment("a", -TimeSpan.FromHours(2)), payment);
        var before = _lab.Of(payment).Row;

        _lab.Has(Payment("q", default, 7), Payment("b", TimeSpan.FromMinutes(1), 9_000, status: "FAILED"));
        _lab.History.AddFraud("c", "m", "p", payment.Instant, payment.Instant);
        _lab.History.AddFraud("c", "m", "b", payment.Instant + Instants.Second, payment.Instant);

        Assert.Equal(before, _lab.Of(payment).Row);
    }

    [Fact]
    public void First_times_look_at_merchant_country_and_method_apart()
    {
        _lab.Has(Payment("a", -TimeSpan.FromDays(2), merchant: "m1"), Payment("b", -TimeSpan.FromDays(31), merchant: "m2", country: "FR", method: "CRYPTO"));

        var sameCountry = _lab.Of(Payment("p", default, merchant: "m3", method: "WALLET"));
        var longAgo = _lab.Of(Payment("p", default, merchant: "m2", country: "FR", method: "CRYPTO"));
        var again = _lab.Of(Payment("p", default, merchant: "m1"));
        var unknown = _lab.Of(Payment("p", default, merchant: "m1", country: null, method: null));

        Assert.Equal((1, 0, 1), (sameCountry["is_new_merchant"], sameCountry["is_new_country"], sameCountry["is_new_method"]));
        Assert.Equal((1, 1, 1), (longAgo["is_new_merchant"], longAgo["is_new_country"], longAgo["is_new_method"]));
        Assert.Equal((0, 0, 0), (again["is_new_merchant"], again["is_new_country"], again["is_new_method"]));
        Assert.True(double.IsNaN(unknown["is_new_country"]) && double.IsNaN(unknown["is_new_method"]));
    }

    [Fact]
    public void Failures_are_counted_in_a_row_and_by_hours_without_the_payment_itself()
    {
        _lab.Has(
            Payment("a", -TimeSpan.FromHours(5), status: "FAILED"),
            Payment("b", -TimeSpan.FromHours(4)),
            Payment("c", -TimeSpan.FromMinutes(50), 1, status: "FAILED"),
            Payment("d", -TimeSpan.FromMinutes(20), 5, status: "FAILED"));

        var features = _lab.Of(Payment("p", default, 4.99m, status: "FAILED"));

        Assert.Equal(2, features["customer_failed_streak"]);
        Assert.Equal(2, features["customer_failed_1h"]);
        Assert.Equal(3, features["customer_failed_24h"]);
        Assert.Equal(3, features["customer_small_1h"]);
        Assert.Equal(2, features["merchant_failed_1h"]);
        Assert.Equal(3, features["merchant_failed_24h"]);
        Assert.Equal(3, features["merchant_small_1h"]);
    }

    [Fact]
    public void Splitting_shows_in_payments_just_under_the_limit()
    {
        _lab.Has(
            Payment("a", -TimeSpan.FromHours(3), 8_999.999m),
            Payment("b", -TimeSpan.FromHours(2), 9_000),
            Payment("c", -TimeSpan.FromHours(1), 9_999.999m),
            Payment("d", -TimeSpan.FromHours(1), 9_500, currency: "EUR"));

        Assert.Equal(3, _lab.Of(Payment("p", default, 9_800))["customer_near_limit_24h"]);
        Assert.Equal(2, _lab.Of(Payment("p", default, 10_000))["customer_near_limit_24h"]);
    }

    [Fact]
    public void Fraud_counts_from_when_it_is_known_against_payments_as_old()
    {
        // Ten payments of June 9, the day that ended seven days before the day of the payment; one of June 10 is too young.
        for (var i = 0; i < 10; i++) _lab.Has(Payment($"a{i}", new DateTime(2026, 6, 9, 10, i, 0) - Noon, customer: $"x{i}"));
        _lab.Has(Payment("y", new DateTime(2026, 6, 10, 0, 0, 0) - Noon, customer: "y"));
        var now = Instants.From(Noon);
        _lab.History.AddFraud("x0", "m", "a0", now - 8 * Instants.Day, now);
        _lab.History.AddFraud("x1", "m", "a1", now - 8 * Instants.Day, now - Instants.Day);
        _lab.History.AddFraud("x2", "m", "a2", now - 8 * Instants.Day, now + 1);
        _lab.History.AddFraud("c", "n", "z", now - 50 * Instants.Day, now - 29 * Instants.Day);

        var features = _lab.Of(Payment("p", default));

        Assert.Equal((1, 10), (features["merchant_frauds_1d"], features["merchant_matured_1d"]));
        Assert.Equal(.1, features["merchant_fraud_rate_1d"]);
        Assert.Equal((2, 10), (features["merchant_frauds_7d"], features["merchant_matured_7d"]));
        Assert.Equal(.2, features["merchant_fraud_rate_30d"]);
        Assert.Equal(1, features["customer_frauds_30d"]);
        Assert.Equal((0, 1), (features["merchant_days_since_fraud"], features["merchant_days_since_first_fraud"]));
        Assert.Equal((0, .2), (features["merchant_matured_since_fraud"], features["merchant_fraud_share_since_first"]));
    }

    [Fact]
    public void Bursts_are_payments_of_more_than_three_times_the_mean_of_those_before_each()
    {
        _lab.Has(
            Payment("a", -TimeSpan.FromDays(20), 10),
            Payment("b", -TimeSpan.FromDays(6), 40),
            Payment("c", -TimeSpan.FromHours(2), 75),
            Payment("d", -TimeSpan.FromHours(1), 500, currency: "EUR"));

        // 40 is four times 10; 75 is three times the mean of 10 and 40 and no more; the mean of all three is 41 2/3.
        var features = _lab.Of(Payment("p", default, 126));

        Assert.Equal((1, 2), (features["customer_bursts_24h"], features["customer_bursts_7d"]));
        Assert.Equal(4, features["customer_greatest_ratio_7d"]);
        Assert.Equal(1, _lab.Of(Payment("p", default, 125))["customer_bursts_7d"]);
        Assert.Equal(0, _lab.Of(Payment("p", default, 125, customer: "another"))["customer_greatest_ratio_7d"]);
    }

    [Fact]
    public void A_merchant_s_last_frauds_in_a_row_end_with_a_day_that_had_other_payments()
    {
        var now = Instants.From(Noon);
        // Matured are days before June 10. June 8 and 9 had one payment each, frauds; June 6 two, of which one was a fraud.
        (string Id, int Day, bool IsFraud)[] payments = [("a", 5, true), ("b", 6, true), ("c", 6, false), ("d", 8, true), ("e", 9, true), ("f", 11, false)];
        foreach (var (id, day, isFraud) in payments)
        {
            var at = new DateTime(2026, 6, day, 10, 0, 0) - Noon;
            _lab.Has(Payment(id, at, customer: id));
            if (isFraud) _lab.History.AddFraud(id, "m", id, Instants.From(Noon + at), now - Instants.Hour);
        }

        var features = _lab.Of(Payment("p", default));

        Assert.Equal(2, features["merchant_fraud_run"]);
        Assert.Equal(4 / 5.0, features["merchant_recent_fraud_share"]);
    }

    [Fact]
    public void The_age_of_fraud_is_told_from_the_first_and_the_last_that_is_known()
    {
        var now = Instants.From(Noon);
        // Two payments a day from May 28 to June 16; frauds of May 29 and June 2, known nine and four days ago. Matured are days before June 10.
        for (var day = 0; day < 20; day++)
        {
            var at = new DateTime(2026, 5, 28, 10, 0, 0).AddDays(day) - Noon;
            _lab.Has(Payment($"a{day}", at, customer: "x"), Payment($"b{day}", at, customer: "y"));
        }

        _lab.History.AddFraud("x", "m", "a5", Instants.From(new(2026, 6, 2, 10, 0, 0)), now - 4 * Instants.Day);
        _lab.History.AddFraud("x", "m", "a1", Instants.From(new(2026, 5, 29, 10, 0, 0)), now - 9 * Instants.Day);

        var features = _lab.Of(Payment("p", default));

        Assert.Equal((4, 9), (features["merchant_days_since_fraud"], features["merchant_days_since_first_fraud"]));
        // June 3 to 9 and May 29 to June 9.
        Assert.Equal(14, features["merchant_matured_since_fraud"]);
        Assert.Equal(2.0 / 24, features["merchant_fraud_share_since_first"]);
        Assert.True(double.IsNaN(new FeatureLab().Of(Payment("p", default))["merchant_days_since_fraud"]));
    }

    [Fact]
    public void A_customer_s_newest_thousand_payments_count()
    {
        for (var i = 0; i < 1_500; i++) _lab.Has(Payment($"p{i:D4}", -TimeSpan.FromMinutes(2_000 - i)));

        Assert.Equal(1_001, _lab.Of(Payment("q", default))["customer_count_30d"]);
        Assert.Equal(1_501, _lab.Of(Payment("q", default))["merchant_count_30d"]);
    }

    [Fact]
    public void Night_and_weekend_are_of_UTC()
    {
        // June 20, 2026 is a Saturday.
        var night = _lab.Of(Payment("p", new DateTime(2026, 6, 20, 5, 59, 59) - Noon));
        var morning = _lab.Of(Payment("p", new DateTime(2026, 6, 22, 6, 0, 0) - Noon));

        Assert.Equal((5, 1, 1), (night["hour"], night["is_night"], night["is_weekend"]));
        Assert.Equal((6, 0, 0), (morning["hour"], morning["is_night"], morning["is_weekend"]));
    }

    [Fact]
    public void What_no_later_payment_sees_can_be_forgotten()
    {
        var random = new Random(1);
        var kept = new FeatureLab();
        for (var i = 0; i < 3_000; i++)
        {
            var payment = Payment($"p{i:D4}", TimeSpan.FromHours(i), random.Next(1, 500), $"c{random.Next(5)}", $"m{random.Next(5)}", random.Next(4) == 0 ? "EUR" : "USD");
            if (i % 100 == 0) _lab.History.Evict(payment.Instant);
            kept.Has(payment);
            _lab.Has(payment);
            if (i % 7 == 0) kept.History.AddFraud(payment.CustomerId, payment.MerchantId, payment.PaymentId, payment.Instant, payment.Instant + Instants.Day);
            if (i % 7 == 0) _lab.History.AddFraud(payment.CustomerId, payment.MerchantId, payment.PaymentId, payment.Instant, payment.Instant + Instants.Day);

            Assert.Equal(kept.Of(payment).Row, _lab.Of(payment).Row);
        }

        Assert.True(_lab.History.Size < 1_000, $"{_lab.History.Size} are kept.");
        Assert.Equal(6_000, kept.History.Size);
    }

    [Fact]
    public void Amounts_of_any_size_are_added_up_without_a_fault()
    {
        for (var i = 0; i < 900; i++) _lab.Has(Payment($"p{i:D3}", -TimeSpan.FromMinutes(900 - i), 999_999_999_999_999.999m));

        var features = _lab.Of(Payment("q", default, 0));

        Assert.Equal(900 * 999_999_999_999_999.999, features["customer_sum_30d"], 1e8);
        Assert.All(features.Row, value => Assert.False(double.IsInfinity(value)));
    }

    [Fact]
    public void Every_feature_has_a_name_of_its_own_in_snake_case_and_a_description()
    {
        Assert.Equal(FeatureCatalogue.Count, FeatureCatalogue.All.Select(feature => feature.Name).Distinct().Count());
        Assert.All(FeatureCatalogue.All, feature => Assert.Matches("^[a-z][a-z0-9_]+$", feature.Name));
        Assert.All(FeatureCatalogue.All, feature => Assert.EndsWith(".", feature.Description, StringComparison.Ordinal));
    }
}
