using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Reports;

/// <summary>Payments of one UTC day: counts and rates over all currencies, money in the reporting currency.</summary>
/// <param name="TransactionDate">The day.</param>
/// <param name="TotalTransactions">Payments of any status.</param>
/// <param name="SuccessfulTransactions">SUCCESS.</param>
/// <param name="FailedTransactions">FAILED.</param>
/// <param name="PendingTransactions">PENDING.</param>
/// <param name="RefundedTransactions">REFUNDED.</param>
/// <param name="TotalAmount">Sum over all statuses.</param>
/// <param name="SuccessRate">SUCCESS / all, percent.</param>
/// <param name="AvgTransactionAmount">Average over all statuses.</param>
/// <param name="TotalRevenue">Sum over SUCCESS.</param>
/// <param name="Currency">The reporting currency, ISO 4217.</param>
/// <param name="OtherCurrencyTransactions">Payments in other currencies, which the money columns leave out.</param>
internal sealed record DailySummary(
    DateOnly TransactionDate,
    long TotalTransactions,
    long SuccessfulTransactions,
    long FailedTransactions,
    long PendingTransactions,
    long RefundedTransactions,
    [property: Money] decimal TotalAmount,
    decimal SuccessRate,
    [property: Money] decimal AvgTransactionAmount,
    [property: Money] decimal TotalRevenue,
    string Currency,
    long OtherCurrencyTransactions) : IInCurrency, IExample<DailySummary>
{
    /// <inheritdoc/>
    public static DailySummary Example { get; } = new(
        new(2026, 1, 31), 56, 47, 5, 3, 1, 104_322.17m, 83.93m, 1_862.90m, 88_014.02m, "USD", 0);

    /// <summary>Payments of one day.</summary>
    /// <remarks>Counts, success rate and money of a UTC day; zeros for a day without payments.</remarks>
    public static async Task<DailySummary> GetAsync(
        [FromQuery(Name = "report_date"), Description("The UTC day, YYYY-MM-DD.")] DateOnly reportDate, Reader reader, CancellationToken cancellationToken) =>
        (await reader.FindAsync(
            new RowQuery<DailySummary>("public.get_daily_transaction_summary(@day)").With("day", reportDate), cancellationToken))!;
}
