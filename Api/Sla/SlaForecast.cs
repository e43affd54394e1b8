using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Sla;

/// <summary>A settlement that may become late soon.</summary>
/// <param name="SettlementId">The settlement.</param>
/// <param name="MerchantId">Who is to be paid.</param>
/// <param name="MerchantName">The merchant's name.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="NetAmount">What the merchant is to get.</param>
/// <param name="SettlementStatus">PENDING or FAILED.</param>
/// <param name="ExpectedSettlementDate">The UTC day by which it is due; it is late from the next one on.</param>
/// <param name="DaysLeft">From today to that day.</param>
/// <param name="Probability">That it will be late, 0 to 1; ADR 30 tells how it comes about.</param>
/// <param name="Reason">The weightiest of the reasons.</param>
/// <param name="Reasons">payout_failed, settlement_before_open (the one before has failed or is late), no_payout_announced, late_merchant (late half as often again as others, or more), holidays (before the date); history: how often such settlements were late.</param>
/// <param name="HistorySettlements">The merchant's settlements expected in the 90 days before.</param>
/// <param name="HistoryLate">Of those, late ones.</param>
/// <param name="LateShare">Those in percent; null without any.</param>
/// <param name="MeanDaysDelayed">Mean delay of them all, in time as 0.</param>
/// <param name="P95DaysDelayed">The least delay that 95 % of them did not exceed.</param>
/// <param name="Holidays">Bank holidays between today and the expected date.</param>
internal sealed record SlaForecast(
    string SettlementId,
    string MerchantId,
    string MerchantName,
    string Currency,
    [property: Money] decimal NetAmount,
    string SettlementStatus,
    DateOnly ExpectedSettlementDate,
    int DaysLeft,
    decimal Probability,
    string Reason,
    string[] Reasons,
    long HistorySettlements,
    long HistoryLate,
    decimal? LateShare,
    decimal? MeanDaysDelayed,
    int? P95DaysDelayed,
    int Holidays) : IInCurrency, IExample<SlaForecast>
{
    /// <inheritdoc/>
    public static SlaForecast Example { get; } = new(
        "STL-20260130-USD-MERCH-007", "MERCH-007", "Example Books", "USD", 4_105.29m, "PENDING", new(2026, 2, 1), 1, 0.3812m, "settlement_before_open",
        ["settlement_before_open", "late_merchant", "history"], 90, 21, 23.33m, 0.81m, 5, 0);

    /// <summary>Settlements that may become late.</summary>
    /// <remarks>Within some days, as of today (UTC), likeliest first, with the reasons. Complete and streamed; <c>limit</c> pages it, and the Link header leads on.</remarks>
    public static RowStream<SlaForecast> List(
        TimeProvider clock,
        [FromQuery(Name = "days"), Description("Settlements that would be late by so many days from today."), Range(1, 31)] int days = 3,
        [FromQuery(Name = "min_probability"), Description("Only those that are at least so likely."), Range(0.0, 1.0)] decimal leastProbability = 0.25m,
        [FromQuery(Name = "merchant_id"), Description("Only settlements of this merchant.")] string? merchantId = null,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit = null,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after = null)
    {
        var query = new RowQuery<SlaForecast>("pipeline.list_sla_forecast(@today, @days)", new("probability", Descending: true), new("settlement_id"))
            .With("today", DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime))
            .With("days", days)
            .Where("probability >= @least")
            .With("least", leastProbability);
        if (merchantId is not null) query.Where("merchant_id = @merchant").With("merchant", merchantId);
        return new(query, limit, after);
    }
}
