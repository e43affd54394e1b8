using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Settlements;

/// <summary>A payment of a settlement with what the merchant pays for it.</summary>
/// <param name="PaymentId">The payment.</param>
/// <param name="TransactionDate">UTC.</param>
/// <param name="PaymentMethod">How it was paid; null where unknown, or archived.</param>
/// <param name="PaymentStatus">SUCCESS, or what it has become since; null: it is archived.</param>
/// <param name="Amount">In its currency; null: it is archived.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="FeeAmount">Exact fee, before the settlement's fees are rounded together; null for an archived payment without a fee of its own.</param>
/// <param name="FeeId">The fee (<c>/api/merchants/{id}/fees</c>); null: the merchant's commission rate.</param>
/// <param name="Percent">Percent of the amount that it was computed with.</param>
/// <param name="FixedAmount">Fixed part of it.</param>
/// <param name="MinimumAmount">At least this much.</param>
internal sealed record SettledPayment(
    string PaymentId,
    DateTime TransactionDate,
    string? PaymentMethod,
    string? PaymentStatus,
    [property: Money] decimal? Amount,
    string Currency,
    [property: Money(IsExact = true)] decimal? FeeAmount,
    long? FeeId,
    decimal? Percent,
    [property: Money] decimal FixedAmount,
    [property: Money] decimal MinimumAmount) : IInCurrency, IExample<SettledPayment>
{
    /// <inheritdoc/>
    public static SettledPayment Example { get; } = new(
        "PAY-000123", new(2026, 1, 28, 14, 3, 27, DateTimeKind.Utc), "CREDIT_CARD", "SUCCESS", 129.95m, "USD", 2.76905m, 9, 1.9m, 0.30m, 0.50m);

    /// <summary>All about the payment and where it came from.</summary>
    public string Lineage => $"/api/lineage/payments/{Uri.EscapeDataString(PaymentId)}";

    /// <summary>The payments of a settlement.</summary>
    /// <remarks>By payment id, each with its exact fee and what that was computed with. Complete and streamed; <c>limit</c> pages it, and the Link header leads on.</remarks>
    [ProducesResponseType<IEnumerable<SettledPayment>>(StatusCodes.Status200OK, "application/json")]
    public static async Task<IResult> ListAsync(
        [Description("The settlement.")] string id,
        Reader reader,
        TimeProvider clock,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        CancellationToken cancellationToken) =>
        await Settlement.FindAsync(id, reader, clock, cancellationToken) is null
            ? Settlement.NotFound(id)
            : new RowStream<SettledPayment>(new RowQuery<SettledPayment>("pipeline.list_settlement_payments(@id)", new OrderColumn("payment_id")).With("id", id), limit, after);
}
