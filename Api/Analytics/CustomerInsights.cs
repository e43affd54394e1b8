using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Analytics;

/// <summary>A customer's payments over all time: counts over all currencies, money in the reporting currency.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="CustomerName">The name; the id where no name is known.</param>
/// <param name="Email">Null where unknown.</param>
/// <param name="Country">Null where unknown.</param>
/// <param name="CreditScore">300 to 850; null where unknown.</param>
/// <param name="RiskCategory">LOW, MEDIUM or HIGH; null where unknown.</param>
/// <param name="TotalTransactions">Payments of any status.</param>
/// <param name="TotalSpent">Sum over SUCCESS.</param>
/// <param name="AvgTransactionAmount">Average over all statuses.</param>
/// <param name="FailedTransactionCount">FAILED.</param>
/// <param name="LastTransactionDate">The latest payment, UTC; null without payments.</param>
/// <param name="Currency">The reporting currency, ISO 4217.</param>
/// <param name="OtherCurrencyTransactions">Payments in other currencies, which the money columns leave out.</param>
internal sealed record CustomerInsights(
    string CustomerId,
    string CustomerName,
    string? Email,
    string? Country,
    int? CreditScore,
    string? RiskCategory,
    long TotalTransactions,
    [property: Money] decimal TotalSpent,
    [property: Money] decimal AvgTransactionAmount,
    long FailedTransactionCount,
    DateTime? LastTransactionDate,
    string Currency,
    long OtherCurrencyTransactions) : IInCurrency, IExample<CustomerInsights>
{
    /// <inheritdoc/>
    public static CustomerInsights Example { get; } = new(
        "CUST-0042", "Ada Example", "ada@example.com", "Austria", 745, "LOW", 12, 9_204.40m, 801.12m, 1,
        new(2026, 1, 31, 14, 3, 27, DateTimeKind.Utc), "USD", 0);

    /// <summary>Customers and what they spent.</summary>
    /// <remarks>The view <c>vw_customer_insights</c>, highest spend first; customers without payments too.</remarks>
    public static RowStream<CustomerInsights> List([FromQuery(Name = "limit"), Description("Rows at most."), Range(1, 1000)] int limit = 100) =>
        new(new RowQuery<CustomerInsights>("public.vw_customer_insights", new("total_spent", Descending: true), new("customer_id")).Take(limit));
}
