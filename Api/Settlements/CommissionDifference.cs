using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Settlements;

/// <summary>A settlement whose commission is not what its payments and the fees of their days make it.</summary>
/// <param name="SettlementId">The settlement.</param>
/// <param name="MerchantId">The merchant.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="PeriodStart">First day of its period.</param>
/// <param name="Status">PENDING, COMPLETED or FAILED.</param>
/// <param name="StoredAmount">Its commission.</param>
/// <param name="RecomputedAmount">What it should be.</param>
/// <param name="Difference">Stored less recomputed: positive, and the merchant paid too much.</param>
/// <param name="Cause">payments_changed, fee_changed, rate_changed, rounding or unknown.</param>
/// <param name="PaymentsAffected">Payments that cost something else now.</param>
internal sealed record CommissionDifference(
    string SettlementId,
    string MerchantId,
    string Currency,
    DateOnly PeriodStart,
    string Status,
    [property: Money] decimal StoredAmount,
    [property: Money] decimal RecomputedAmount,
    [property: Money] decimal Difference,
    string Cause,
    long PaymentsAffected) : IInCurrency, IExample<CommissionDifference>
{
    private const int DaysByItself = 30;

    /// <inheritdoc/>
    public static CommissionDifference Example { get; } = new(
        "STL-20260128-USD-MERCH-007", "MERCH-007", "USD", new(2026, 1, 28), "COMPLETED", 105.26m, 84.21m, 21.05m, "fee_changed", 31);

    /// <summary>Settlements with a wrong commission.</summary>
    /// <remarks>The commission of every settlement asked for is computed anew from its payments and the fees and rates of their days; those that differ, newest period first, each with the cause. It reads all payments of those settlements: so without <c>period_from</c> it is about the 31 days up to <c>period_to</c>, or up to today (UTC). The headers <c>Period-From</c> and <c>Period-To</c> say which days it was about. Complete and streamed; <c>limit</c> pages it, a page ends as soon as it is full, and the Link header leads on.</remarks>
    public static RowStream<CommissionDifference> List(
        HttpContext context,
        TimeProvider clock,
        [FromQuery(Name = "merchant_id"), Description("Only those of this merchant.")] string? merchantId,
        [FromQuery(Name = "currency"), Description("Only those in this currency.")] string? currency,
        [FromQuery(Name = "status"), Description("Only those of this status."), AllowedValues("PENDING", "COMPLETED", "FAILED")] string? status,
        [FromQuery(Name = "cause"), Description("Only those of this cause."), AllowedValues("payments_changed", "fee_changed", "rate_changed", "rounding", "unknown")] string? cause,
        [FromQuery(Name = "period_from"), Description("Only those whose period has this day or a later one; without it the 31 days up to period_to.")] DateOnly? periodFrom,
        [FromQuery(Name = "period_to"), Description("Only those whose period has this day or an earlier one; without it today.")] DateOnly? periodTo,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after)
    {
        var to = periodTo ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (to < periodFrom) to = periodFrom.Value;
        var from = periodFrom ?? (to.DayNumber > DaysByItself ? to.AddDays(-DaysByItself) : DateOnly.MinValue);
        context.Response.Headers["Period-From"] = from.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        context.Response.Headers["Period-To"] = to.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new(
            new RowQuery<CommissionDifference>(
                "pipeline.find_commission_differences(@merchant, @currency, @status, @cause, @period_from, @period_to, @before, @most)", new OrderColumn("settlement_id", Descending: true))
                .With("merchant", merchantId)
                .With("currency", currency)
                .With("status", status)
                .With("cause", cause)
                .With("period_from", from)
                .With("period_to", to)
                .With("before", after is null ? null : Cursor.Read(after, [typeof(string)])[0])
                .With("most", limit + 1),
            limit,
            after);
    }
}
