using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Sla;

/// <summary>How well a merchant was paid in a month.</summary>
/// <param name="MerchantId">Who was paid.</param>
/// <param name="MerchantName">The merchant's name.</param>
/// <param name="Month">First day of the month of the expected dates.</param>
/// <param name="Settlements">Those that were due before today and had something to pay.</param>
/// <param name="OnTime">Paid on or before the expected date.</param>
/// <param name="Late">The others.</param>
/// <param name="Unpaid">Of the late ones: not paid yet.</param>
/// <param name="OnTimeShare">Percent in time.</param>
/// <param name="MeanDaysDelayed">Mean delay in calendar days, in time as 0.</param>
/// <param name="P95DaysDelayed">The least delay in calendar days that 95 % did not exceed.</param>
/// <param name="MeanBusinessDaysDelayed">Mean delay in business days.</param>
/// <param name="P95BusinessDaysDelayed">The least delay in business days that 95 % did not exceed.</param>
/// <param name="TargetShare">Percent that is to be in time, by the policy.</param>
/// <param name="ErrorBudget">Settlements that may be late by the target.</param>
/// <param name="ErrorBudgetUsed">Late settlements in percent of the error budget; null where nothing may be late.</param>
/// <param name="PenaltyAmount">Penalties of the settlements in the row's currency, up to the last check.</param>
/// <param name="Currency">ISO 4217: of the penalty, or of the settlements where they are split by currency.</param>
internal sealed record SlaFigures(
    string MerchantId,
    string MerchantName,
    DateOnly Month,
    long Settlements,
    long OnTime,
    long Late,
    long Unpaid,
    decimal OnTimeShare,
    decimal MeanDaysDelayed,
    int P95DaysDelayed,
    decimal MeanBusinessDaysDelayed,
    int P95BusinessDaysDelayed,
    decimal TargetShare,
    decimal ErrorBudget,
    decimal? ErrorBudgetUsed,
    [property: Money] decimal PenaltyAmount,
    string Currency) : IInCurrency, IExample<SlaFigures>
{
    /// <inheritdoc/>
    public static SlaFigures Example { get; } = new(
        "MERCH-007", "Example Books", new(2026, 1, 1), 31, 28, 3, 1, 90.32m, 0.42m, 4, 0.29m, 2, 95.00m, 1.5500m, 193.55m, 41.20m, "USD");

    /// <summary>SLA figures.</summary>
    /// <remarks>By merchant and month of the expected date, newest month first, as of today (UTC). Counts, shares and delays cover all currencies and the penalty the reporting currency; <c>by_currency=true</c> splits all of them. Complete and streamed; <c>limit</c> pages it, and the Link header leads on.</remarks>
    public static RowStream<SlaFigures> List(
        [FromQuery(Name = "merchant_id"), Description("Only this merchant.")] string? merchantId,
        [FromQuery(Name = "from"), Description("Only months that begin on this day or later.")] DateOnly? from,
        [FromQuery(Name = "to"), Description("Only months that begin on this day or earlier.")] DateOnly? to,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "by_currency"), Description("A row for each currency.")] bool byCurrency = false)
    {
        var query = new RowQuery<SlaFigures>(
            byCurrency ? "public.vw_sla_by_month_by_currency" : "public.vw_sla_by_month", new("month", Descending: true), new("merchant_id"), new("currency"));
        if (merchantId is not null) query.Where("merchant_id = @merchant").With("merchant", merchantId);
        if (from is not null) query.Where("month >= @from").With("from", from);
        if (to is not null) query.Where("month <= @to").With("to", to);
        return new(query, limit, after);
    }
}
