using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Reading;

namespace Payments.Api.Reports;

/// <summary>A payment that failed.</summary>
/// <param name="PaymentId">The payment.</param>
/// <param name="CustomerId">Who paid.</param>
/// <param name="CustomerName">The customer's name; its id where no name is known.</param>
/// <param name="MerchantName">Who was to be paid.</param>
/// <param name="Amount">In the payment's currency.</param>
/// <param name="PaymentMethod">How; null where unknown.</param>
/// <param name="TransactionDate">When, UTC.</param>
/// <param name="FailureReason">Why it failed; null where unknown.</param>
/// <param name="Currency">ISO 4217.</param>
internal sealed record FailedPayment(
    string PaymentId,
    string CustomerId,
    string CustomerName,
    string MerchantName,
    [property: Money] decimal Amount,
    string? PaymentMethod,
    DateTime TransactionDate,
    string? FailureReason,
    string Currency) : IInCurrency, IExample<FailedPayment>
{
    /// <inheritdoc/>
    public static FailedPayment Example { get; } = new(
        "PAY-000123", "CUST-0042", "Ada Example", "Example Books", 129.90m, "CREDIT_CARD",
        new(2026, 1, 31, 14, 3, 27, DateTimeKind.Utc), "Insufficient funds", "USD");

    /// <summary>Failed payments of a period.</summary>
    /// <remarks>Both days included, newest first. Complete and streamed; <c>limit</c> pages it, and the Link header leads on.</remarks>
    public static RowStream<FailedPayment> List(
        [FromQuery(Name = "start_date"), Description("First UTC day, YYYY-MM-DD.")] DateOnly startDate,
        [FromQuery(Name = "end_date"), Description("Last UTC day, YYYY-MM-DD.")] DateOnly endDate,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after) =>
        startDate > endDate
            ? throw new InvalidParameterException("start_date", $"must not be after end_date: {startDate:yyyy-MM-dd} is later than {endDate:yyyy-MM-dd}")
            : new(
                new RowQuery<FailedPayment>(
                    "public.detect_failed_payments(@start_date, @end_date)", new("transaction_date", Descending: true), new("payment_id"))
                    .With("start_date", startDate)
                    .With("end_date", endDate),
                limit,
                after);
}
