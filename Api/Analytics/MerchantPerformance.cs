using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Analytics;

/// <summary>A merchant's payments over all time: counts over all currencies, money in the reporting currency.</summary>
/// <param name="MerchantId">The merchant.</param>
/// <param name="MerchantName">Its name.</param>
/// <param name="BusinessType">Its business; null where unknown.</param>
/// <param name="Status">ACTIVE, INACTIVE or SUSPENDED.</param>
/// <param name="TotalTransactions">Payments of any status.</param>
/// <param name="SuccessfulTransactions">SUCCESS.</param>
/// <param name="FailedTransactions">FAILED.</param>
/// <param name="TotalRevenue">Sum over SUCCESS.</param>
/// <param name="AvgTransactionAmount">Average over all statuses.</param>
/// <param name="SuccessRate">SUCCESS / all, percent.</param>
/// <param name="Currency">The reporting currency, ISO 4217.</param>
/// <param name="OtherCurrencyTransactions">Payments in other currencies, which the money columns leave out.</param>
internal sealed record MerchantPerformance(
    string MerchantId,
    string MerchantName,
    string? BusinessType,
    string Status,
    long TotalTransactions,
    long SuccessfulTransactions,
    long FailedTransactions,
    [property: Money] decimal TotalRevenue,
    [property: Money] decimal AvgTransactionAmount,
    decimal SuccessRate,
    string Currency,
    long OtherCurrencyTransactions) : IInCurrency, IExample<MerchantPerformance>
{
    /// <inheritdoc/>
    public static MerchantPerformance Example { get; } = new(
        "MERCH-007", "Example Books", "RETAIL", "ACTIVE", 104, 91, 9, 130_442.10m, 1_402.77m, 87.50m, "USD", 0);

    /// <summary>Merchants and what they earned.</summary>
    /// <remarks>The view <c>vw_merchant_performance</c>, highest revenue first; merchants without payments too. Complete and streamed.</remarks>
    public static RowStream<MerchantPerformance> List() =>
        new(new RowQuery<MerchantPerformance>("public.vw_merchant_performance", new("total_revenue", Descending: true), new("merchant_id")));
}
