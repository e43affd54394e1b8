using Payments.Risk.Features;

namespace Payments.Risk.Models;

/// <summary>The features that a model looks at, by name: a later catalogue may have them in other places.</summary>
internal sealed class FeatureSet
{
    private readonly int[] _places;

    /// <summary>A set of these features.</summary>
    /// <exception cref="InvalidDataException">The catalogue does not have one.</exception>
    public FeatureSet(IEnumerable<string> names)
    {
        Names = [.. names];
        _places = [.. Names.Select(name => FeatureCatalogue.TryFind(name, out var place) ? place : throw new InvalidDataException($"The model looks at the feature {name}, which the catalogue does not have."))];
    }

    public IReadOnlyList<string> Names { get; }

    public int Count => _places.Length;

    /// <summary>Their places in the catalogue.</summary>
    public ReadOnlySpan<int> Places => _places;

    /// <summary>What the supervised model learns from: habits and bursts of the customer, the merchant's usual payments, and its frauds and their age.</summary>
    public static FeatureSet ForFraud { get; } = new(
    [
        "amount", "hour", "is_night", "is_weekend",
        "customer_count_1h", "customer_count_24h", "customer_count_7d", "customer_count_30d",
        "customer_mean_24h", "customer_mean_7d", "customer_mean_30d", "customer_deviation_7d", "customer_deviation_30d",
        "customer_amount_ratio", "customer_amount_zscore", "customer_amount_to_greatest",
        "customer_failed_streak", "customer_failed_24h", "customer_small_1h", "is_new_country", "is_new_method",
        "merchant_count_24h", "merchant_count_7d", "merchant_count_30d", "merchant_mean_7d", "merchant_mean_30d", "merchant_amount_ratio",
        "merchant_failed_24h", "merchant_small_1h",
        "merchant_frauds_1d", "merchant_frauds_7d", "merchant_frauds_30d",
        "merchant_fraud_rate_1d", "merchant_fraud_rate_7d", "merchant_fraud_rate_30d", "customer_frauds_30d",
        .. Known(
            "merchant_days_since_fraud", "merchant_days_since_first_fraud", "merchant_matured_since_fraud", "merchant_fraud_share_since_first",
            "merchant_recent_fraud_share", "merchant_fraud_run", "customer_bursts_24h", "customer_bursts_7d", "customer_greatest_ratio_7d"),
    ]);

    /// <summary>What the forest looks at: how far an amount lies beyond the customer's habit. More features would bury what can be seen without labels.</summary>
    public static FeatureSet ForAnomalies { get; } = new(
        ["customer_amount_ratio", "customer_amount_zscore", "customer_amount_log_ratio", "amount", "customer_amount_to_greatest"]);

    public void Take(ReadOnlySpan<double> features, Span<double> row)
    {
        for (var i = 0; i < _places.Length; i++) row[i] = features[_places[i]];
    }

    /// <summary>The features as trees take them.</summary>
    /// <param name="features">One value a feature of the catalogue.</param>
    /// <param name="missing">What stands for a missing value of each.</param>
    /// <param name="row">Room for them.</param>
    public void Take(ReadOnlySpan<double> features, ReadOnlySpan<float> missing, Span<float> row) => Take(features, missing, row, 0, 1);

    /// <summary>The same into columns of several rows.</summary>
    /// <param name="features">One value a feature of the catalogue.</param>
    /// <param name="missing">What stands for a missing value of each.</param>
    /// <param name="columns">Feature after feature, of each the rows' values.</param>
    /// <param name="row">The row.</param>
    /// <param name="rows">How many rows there are.</param>
    public void Take(ReadOnlySpan<double> features, ReadOnlySpan<float> missing, Span<float> columns, int row, int rows)
    {
        for (var i = 0; i < _places.Length; i++)
        {
            var value = features[_places[i]];
            columns[i * rows + row] = double.IsNaN(value) ? missing[i] : (float)value;
        }
    }

    private static IEnumerable<string> Known(params string[] names) => names.Where(name => FeatureCatalogue.TryFind(name, out _));
}
