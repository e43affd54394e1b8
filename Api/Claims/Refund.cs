using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Claims;

/// <summary>Money given back to a payer: a whole payment or a part of it.</summary>
/// <param name="RefundId">The refund.</param>
/// <param name="PaymentId">The payment; <c>/api/lineage/payments/{id}</c> tells all about it.</param>
/// <param name="Amount">In the payment's currency.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Status">pending, requires_action, succeeded, failed or canceled.</param>
/// <param name="Reason">Why; null where unknown.</param>
/// <param name="RefundDate">When it was asked for, UTC.</param>
/// <param name="UpdatedAt">When its status was learnt, UTC.</param>
/// <param name="ImportId">The import that brought it first; <c>/api/imports/{id}</c> shows its account.</param>
/// <param name="LineNumber">The physical line of that file where its record starts, from 1.</param>
internal sealed record Refund(
    string RefundId,
    string PaymentId,
    [property: Money] decimal Amount,
    string Currency,
    string Status,
    string? Reason,
    DateTime RefundDate,
    DateTime UpdatedAt,
    long? ImportId,
    long LineNumber) : IInCurrency, IExample<Refund>
{
    /// <inheritdoc/>
    public static Refund Example { get; } = new(
        "REF-000017", "PAY-000123", 29.90m, "USD", "succeeded", "requested_by_customer",
        new(2026, 2, 3, 9, 30, 0, DateTimeKind.Utc), new(2026, 2, 4, 8, 0, 0, DateTimeKind.Utc), 9, 3);

    /// <summary>Refunds.</summary>
    /// <remarks>Newest first. The Link header leads to older ones.</remarks>
    public static RowStream<Refund> List(
        [FromQuery(Name = "payment_id"), Description("Only refunds of this payment.")] string? paymentId,
        [FromQuery(Name = "status"), Description("Only refunds of this status."), AllowedValues("pending", "requires_action", "succeeded", "failed", "canceled")] string? status,
        [FromQuery(Name = "from"), Description("First UTC day.")] DateOnly? from,
        [FromQuery(Name = "to"), Description("Last UTC day.")] DateOnly? to,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        new(Query(paymentId, status, from, to), limit, after);

    /// <summary>Refunds by what is given, newest first.</summary>
    public static RowQuery<Refund> Query(string? paymentId, string? status = null, DateOnly? from = null, DateOnly? to = null) =>
        new RowQuery<Refund>("pipeline.list_refunds(@payment, @status, @from, @to)", new("refund_date", Descending: true), new("refund_id"))
            .With("payment", paymentId)
            .With("status", status)
            .With("from", from)
            .With("to", to);
}
