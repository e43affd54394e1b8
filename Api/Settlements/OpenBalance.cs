using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Settlements;

/// <summary>What a merchant is owed and has not been paid, in a currency.</summary>
/// <param name="MerchantId">The merchant.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="UnsettledCount">Successful payments that are in no settlement yet.</param>
/// <param name="UnsettledAmount">Their sum, before fees.</param>
/// <param name="WaitingAdjustments">Refunds and chargebacks that wait for an open settlement.</param>
/// <param name="WaitingCarries">Owed balances that wait for one.</param>
/// <param name="ReserveHeld">Held back and not released.</param>
/// <param name="DueAmount">Net of unpaid settlements that are due by the day.</param>
/// <param name="UpcomingAmount">Net of unpaid settlements that are due later.</param>
/// <param name="Balance">The sum of these.</param>
internal sealed record OpenBalance(
    string MerchantId,
    string Currency,
    long UnsettledCount,
    [property: Money] decimal UnsettledAmount,
    [property: Money] decimal WaitingAdjustments,
    [property: Money] decimal WaitingCarries,
    [property: Money] decimal ReserveHeld,
    [property: Money] decimal DueAmount,
    [property: Money] decimal UpcomingAmount,
    [property: Money] decimal Balance) : IInCurrency, IExample<OpenBalance>
{
    /// <inheritdoc/>
    public static OpenBalance Example { get; } = new("MERCH-007", "USD", 12, 1_540.20m, -29.90m, 0m, 210.52m, 4_075.39m, 3_980.10m, 9_776.31m);

    /// <summary>Open balances.</summary>
    /// <remarks>Per merchant and currency with anything open, by merchant: payments that wait for a settlement, adjustments and balances that wait for one, reserve held, and what unpaid settlements come to. Settlements plus open balance equal payments; an assertion proves it. Complete and streamed; <c>limit</c> pages it, and the Link header leads on.</remarks>
    public static RowStream<OpenBalance> List(
        TimeProvider clock,
        [FromQuery(Name = "merchant_id"), Description("Only this merchant's.")] string? merchantId,
        [FromQuery(Name = "currency"), Description("Only balances in this currency.")] string? currency,
        [FromQuery(Name = "as_of"), Description("The day by which unpaid settlements are due or not yet; today (UTC) without it.")] DateOnly? asOf,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after)
    {
        var query = new RowQuery<OpenBalance>(
            "(select open.*, open.open_balance as balance from pipeline.list_open_balances(@as_of) as open) as balance",
            new("merchant_id"), new("currency"))
            .With("as_of", asOf ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));
        if (merchantId is not null) query.Where("merchant_id = @merchant").With("merchant", merchantId);
        if (currency is not null) query.Where("currency = @currency").With("currency", currency);
        return new(query, limit, after);
    }
}
