using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Analytics;

/// <summary>Payments of one day, status, method, currency, merchant and customer country.</summary>
/// <param name="PaymentDate">The UTC day.</param>
/// <param name="PaymentStatus">SUCCESS, FAILED, PENDING or REFUNDED.</param>
/// <param name="PaymentMethod">How; null where unknown.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="MerchantName">Who is paid.</param>
/// <param name="BusinessType">The merchant's; null where unknown.</param>
/// <param name="CustomerCountry">The customers' current country; null where unknown.</param>
/// <param name="TransactionCount">Payments.</param>
/// <param name="TotalAmount">Their sum.</param>
/// <param name="AvgAmount">Their average.</param>
/// <param name="AvgProcessingTime">Seconds, over those whose time is known; 0 where none is.</param>
/// <param name="SuspiciousCount">Suspicious ones among them.</param>
/// <param name="MerchantId">Two merchants of one name stay two.</param>
internal sealed record PaymentAnalytics(
    DateOnly PaymentDate,
    string PaymentStatus,
    string? PaymentMethod,
    string Currency,
    string MerchantName,
    string? BusinessType,
    string? CustomerCountry,
    long TransactionCount,
    [property: Money] decimal TotalAmount,
    [property: Money] decimal AvgAmount,
    decimal AvgProcessingTime,
    long SuspiciousCount,
    string MerchantId) : IInCurrency, IExample<PaymentAnalytics>
{
    /// <inheritdoc/>
    public static PaymentAnalytics Example { get; } = new(
        new(2026, 1, 31), "SUCCESS", "CREDIT_CARD", "USD", "Example Books", "RETAIL", "Austria", 3, 361.50m, 120.50m, 4.33m, 0, "MERCH-007");

    /// <summary>Payments by day, status, method, currency, merchant and country.</summary>
    /// <remarks>The view <c>vw_payment_analytics</c>, newest day first.</remarks>
    public static RowStream<PaymentAnalytics> List([FromQuery(Name = "limit"), Description("Rows at most."), Range(1, 1000)] int limit = 100) =>
        new(
            new RowQuery<PaymentAnalytics>(
                "public.vw_payment_analytics",
                new("payment_date", Descending: true),
                new("merchant_id"),
                new("payment_status"),
                new("payment_method"),
                new("currency"),
                new("customer_country"))
                .Take(limit));
}
