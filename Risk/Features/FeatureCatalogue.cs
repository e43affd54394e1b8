namespace Payments.Risk.Features;

/// <summary>Every feature, in the order in which they are computed, stored and given to rules and models.</summary>
public static class FeatureCatalogue
{
    private static readonly Dictionary<string, int> Places;

    static FeatureCatalogue() => Places = All.Select((feature, place) => (feature.Name, place)).ToDictionary(pair => pair.Name, pair => pair.place, StringComparer.Ordinal);

    /// <summary>The features.</summary>
    public static IReadOnlyList<Feature> All { get; } =
    [
        new("amount", "money", "The amount, in the major unit of its currency."),
        new("amount_log", "log", "The natural logarithm of the amount and one."),
        new("hour", "hours", "The hour of the payment, 0 to 23, UTC."),
        new("is_night", "flag", "Before 06:00 UTC."),
        new("is_weekend", "flag", "On a Saturday or Sunday, UTC."),
        new("credit_score", "points", "The customer's credit score, 300 to 850; missing where it is not known."),
        .. Windows("customer", "customer's"),
        .. Habit("customer", "customer's payments of the 30 days before"),
        new("customer_amount_to_greatest", "ratio", "The amount to the greatest of the customer's payments of the 30 days before."),
        new("customer_seconds_since_previous", "seconds", "Since the customer's payment before; missing for the first in 30 days."),
        new("is_new_merchant", "flag", "The customer has not paid this merchant in the 30 days before."),
        new("is_new_country", "flag", "The customer has not paid a merchant of this merchant's country in the 30 days before; missing where it is not known."),
        new("is_new_method", "flag", "The customer has not paid by this method in the 30 days before; missing where it is not known."),
        new("customer_failed_streak", "payments", "The customer's failed payments in a row right before."),
        new("customer_failed_1h", "payments", "The customer's failed payments of the hour before."),
        new("customer_failed_24h", "payments", "The customer's failed payments of the 24 hours before."),
        new("customer_small_1h", "payments", "The customer's payments of the last hour of at most 5 in their currency, this one included: a card is tried with them."),
        new("customer_near_limit_24h", "payments", "The customer's payments of the last 24 hours from 9,000 up to but not 10,000, in this currency, this one included."),
        new("customer_bursts_24h", "payments", "The customer's payments of the last 24 hours, this one included, of more than 3 times the mean of those before each in the 30 days, in this currency."),
        new("customer_bursts_7d", "payments", "The customer's payments of the last 7 days, this one included, of more than 3 times the mean of those before each in the 30 days, in this currency."),
        new("customer_greatest_ratio_7d", "ratio", "The greatest of the customer's earlier payments of the last 7 days, each to the mean of those before it in the 30 days, in this currency; 0 without one."),
        .. Windows("merchant", "merchant's"),
        .. Habit("merchant", "merchant's payments of the 29 days before and of the day so far"),
        new("merchant_failed_1h", "payments", "The merchant's failed payments of the hour before."),
        new("merchant_failed_24h", "payments", "The merchant's failed payments of the 24 hours before."),
        new("merchant_small_1h", "payments", "The merchant's payments of the last hour of at most 5 in their currency, this one included: cards are tried with them."),
        .. Frauds("1d", "24 hours", "the day"),
        .. Frauds("7d", "7 days", "the 7 days"),
        .. Frauds("30d", "30 days", "the 30 days"),
        new("merchant_days_since_fraud", "days", "Since the merchant's last fraud became known; missing without one in 30 days.", NeedsLabels: true),
        new("merchant_days_since_first_fraud", "days", "Since the first of the merchant's frauds of the last 30 days became known; missing without one.", NeedsLabels: true),
        new("merchant_matured_since_fraud", "payments", "The merchant's payments of the days behind that of its last known fraud, up to a week ago; missing without one in 30 days.", NeedsLabels: true),
        new("merchant_fraud_share_since_first", "ratio", "The merchant's frauds that became known in the last 30 days to its payments from the day of the first of them up to a week ago, 0 to 1.", NeedsLabels: true),
        new("merchant_recent_fraud_share", "ratio", "The share of frauds that became known in the last 30 days among the merchant's last payments of at least a week ago, five or some more, by whole days.", NeedsLabels: true),
        new("merchant_fraud_run", "payments", "The merchant's last frauds in a row: known in the last 30 days and paid since the last day, of at least a week ago, that had other payments too.", NeedsLabels: true),
        new("customer_frauds_30d", "payments", "The customer's frauds that became known in the 30 days before.", NeedsLabels: true),
    ];

    /// <summary>How many there are.</summary>
    public static int Count => All.Count;

    /// <summary>The place of a feature.</summary>
    /// <param name="name">Its name; case counts.</param>
    /// <param name="place">Its place in <see cref="All"/>.</param>
    /// <returns>Whether there is one of that name.</returns>
    public static bool TryFind(string name, out int place) => Places.TryGetValue(name, out place);

    private static IEnumerable<Feature> Windows(string party, string whose) =>
        new (string Name, string Words)[] { ("1h", "hour"), ("24h", "24 hours"), ("7d", "7 days"), ("30d", "30 days") }.SelectMany(window => new Feature[]
        {
            new($"{party}_count_{window.Name}", "payments", $"The {whose} payments of the last {window.Words}, this one included."),
            new($"{party}_sum_{window.Name}", "money", $"What the {whose} payments of the last {window.Words} in this currency come to, this one included."),
            new($"{party}_mean_{window.Name}", "money", $"The mean of the {whose} payments of the last {window.Words} in this currency, this one included."),
            new($"{party}_deviation_{window.Name}", "money", $"The standard deviation of the {whose} payments of the last {window.Words} in this currency, this one included."),
        });

    private static IEnumerable<Feature> Habit(string party, string whose) =>
    [
        new($"{party}_amount_ratio", "ratio", $"The amount to the mean of the {whose}, in this currency; missing without any."),
        new($"{party}_amount_zscore", "deviations", $"How many standard deviations the amount lies over the mean of the {whose}, in this currency; missing without two."),
        new($"{party}_amount_log_ratio", "log", $"The natural logarithm of the ratio of the amount and one to the mean and one of the {whose}, in this currency."),
    ];

    private static IEnumerable<Feature> Frauds(string name, string words, string days) =>
    [
        new($"merchant_frauds_{name}", "payments", $"The merchant's frauds that became known in the {words} before.", NeedsLabels: true),
        new($"merchant_matured_{name}", "payments", $"The merchant's payments of {days} that ended a week before: as old as frauds are that become known now."),
        new($"merchant_fraud_rate_{name}", "ratio", $"Frauds that became known in the {words} before to the payments that are as old, 0 to 1.", NeedsLabels: true),
    ];
}
