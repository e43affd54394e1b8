using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Reports;

/// <summary>A settlement that is or was paid later than expected.</summary>
/// <param name="SettlementId">The settlement.</param>
/// <param name="MerchantId">Who is paid.</param>
/// <param name="MerchantName">The merchant's name.</param>
/// <param name="SettlementDate">The UTC day paid; null while it is not.</param>
/// <param name="ExpectedSettlementDate">The UTC day by which it was due.</param>
/// <param name="DaysDelayed">Days from due to paid, or to today.</param>
/// <param name="TotalAmount">Settled payments.</param>
/// <param name="NetAmount">What the merchant gets: total - commission + adjustment.</param>
/// <param name="Currency">ISO 4217.</param>
internal sealed record SlaBreach(
    string SettlementId,
    string MerchantId,
    string MerchantName,
    DateOnly? SettlementDate,
    DateOnly ExpectedSettlementDate,
    int DaysDelayed,
    [property: Money] decimal TotalAmount,
    [property: Money] decimal NetAmount,
    string Currency) : IInCurrency, IExample<SlaBreach>
{
    /// <inheritdoc/>
    public static SlaBreach Example { get; } = new(
        "SET-MERCH-007-USD-20260128", "MERCH-007", "Example Books", null, new(2026, 1, 30), 4, 4_210.55m, 4_105.29m, "USD");

    /// <summary>Late settlements.</summary>
    /// <remarks>By their dates as of today (UTC), most delayed first; unpaid and failed ones count on. Complete and streamed; <c>limit</c> pages it, and the Link header leads on.</remarks>
    public static RowStream<SlaBreach> List(
        TimeProvider clock,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after) =>
        new(
            new RowQuery<SlaBreach>(
                "public.identify_sla_breaches(@today)", new("days_delayed", Descending: true), new("settlement_id"))
                .With("today", DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)),
            limit,
            after);
}
