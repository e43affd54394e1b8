using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Claims;

/// <summary>A payment that its payer disputes with the bank.</summary>
/// <param name="DisputeId">The dispute.</param>
/// <param name="PaymentId">The payment; <c>/api/lineage/payments/{id}</c> tells all about it.</param>
/// <param name="Amount">What is disputed, in the payment's currency; it may exceed the payment.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Status">An inquiry: warning_needs_response, warning_under_review, warning_closed or prevented. A chargeback: needs_response, under_review, won or lost.</param>
/// <param name="Reason">The bank's; null where unknown.</param>
/// <param name="DisputeDate">When it was opened, UTC.</param>
/// <param name="UpdatedAt">When its status was learnt, UTC.</param>
/// <param name="ImportId">The import that brought it first; <c>/api/imports/{id}</c> shows its account.</param>
/// <param name="LineNumber">The physical line of that file where its record starts, from 1.</param>
internal sealed record Dispute(
    string DisputeId,
    string PaymentId,
    [property: Money] decimal Amount,
    string Currency,
    string Status,
    string? Reason,
    DateTime DisputeDate,
    DateTime UpdatedAt,
    long? ImportId,
    long LineNumber) : IInCurrency, IExample<Dispute>
{
    /// <inheritdoc/>
    public static Dispute Example { get; } = new(
        "DSP-000004", "PAY-000123", 129.90m, "USD", "needs_response", "fraudulent",
        new(2026, 2, 20, 11, 0, 0, DateTimeKind.Utc), new(2026, 2, 21, 8, 0, 0, DateTimeKind.Utc), 11, 2);

    /// <summary>Disputes.</summary>
    /// <remarks>Newest first: inquiries, which move no money, and chargebacks. The Link header leads to older ones.</remarks>
    public static RowStream<Dispute> List(
        [FromQuery(Name = "payment_id"), Description("Only disputes of this payment.")] string? paymentId,
        [FromQuery(Name = "status"), Description("Only disputes of this status."), AllowedValues("warning_needs_response", "warning_under_review", "warning_closed", "prevented", "needs_response", "under_review", "won", "lost")] string? status,
        [FromQuery(Name = "from"), Description("First UTC day.")] DateOnly? from,
        [FromQuery(Name = "to"), Description("Last UTC day.")] DateOnly? to,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        new(Query(paymentId, status, from, to), limit, after);

    /// <summary>Disputes by what is given, newest first.</summary>
    public static RowQuery<Dispute> Query(string? paymentId, string? status = null, DateOnly? from = null, DateOnly? to = null) =>
        new RowQuery<Dispute>("pipeline.list_disputes(@payment, @status, @from, @to)", new("dispute_date", Descending: true), new("dispute_id"))
            .With("payment", paymentId)
            .With("status", status)
            .With("from", from)
            .With("to", to);
}
