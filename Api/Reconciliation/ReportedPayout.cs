using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Reconciliation;

/// <summary>What a processor pays out to a bank account.</summary>
/// <param name="Processor">stripe or adyen.</param>
/// <param name="PayoutKey">Stripe's payout; Adyen's account/batch/currency.</param>
/// <param name="Account">The account with the processor; empty where the file tells none.</param>
/// <param name="Amount">Below 0: taken from the bank account.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Status">pending, in_transit, paid, failed or canceled, as far as the processor has said.</param>
/// <param name="ArrivalDate">When the processor expects it at the bank.</param>
/// <param name="InitiatedAt">UTC.</param>
/// <param name="Reference">What the bank line may show.</param>
/// <param name="IsStated">Whether the processor said the amount; false: it is what the lines add up to.</param>
/// <param name="LineCount">Lines that name it, its own not counted.</param>
/// <param name="LineAmount">Their net.</param>
/// <param name="CreatedAt">When we learnt of it, UTC.</param>
/// <param name="ImportId">The import that brought it first; <c>/api/imports/{id}</c> shows its account.</param>
/// <param name="LineNumber">The physical line of that file where its record starts, from 1.</param>
internal sealed record ReportedPayout(
    string Processor,
    string PayoutKey,
    string Account,
    [property: Money] decimal Amount,
    string Currency,
    string Status,
    DateOnly? ArrivalDate,
    DateTime? InitiatedAt,
    string? Reference,
    bool IsStated,
    long LineCount,
    [property: Money] decimal LineAmount,
    DateTime CreatedAt,
    long ImportId,
    long LineNumber) : IInCurrency, IExample<ReportedPayout>
{
    /// <inheritdoc/>
    public static ReportedPayout Example { get; } = new(
        "stripe", "po_1Pgc79", "", 86.30m, "USD", "paid", new(2026, 2, 3), new(2026, 2, 1, 0, 0, 0, DateTimeKind.Utc), "STRIPE PAYOUT", true, 3, 86.30m,
        new(2026, 2, 3, 6, 0, 0, DateTimeKind.Utc), 21, 4);

    /// <summary>Payouts of processors.</summary>
    /// <remarks>Newest first, as they became known. The Link header leads to older ones.</remarks>
    public static RowStream<ReportedPayout> List(
        [FromQuery(Name = "processor"), Description("Only of this processor."), AllowedValues("stripe", "adyen")] string? processor,
        [FromQuery(Name = "account"), Description("Only of this account.")] string? account,
        [FromQuery(Name = "payout_key"), Description("Only this payout.")] string? payoutKey,
        [FromQuery(Name = "status"), Description("Only of this status."), AllowedValues("pending", "in_transit", "paid", "failed", "canceled")] string? status,
        [FromQuery(Name = "currency"), Description("Only in this currency.")] string? currency,
        [FromQuery(Name = "from"), Description("First day of arrival.")] DateOnly? from,
        [FromQuery(Name = "to"), Description("Last day of arrival.")] DateOnly? to,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        new(
            new RowQuery<ReportedPayout>(
                    "pipeline.list_reported_payouts(@processor, @account, @payout, @status, @currency, @from, @to)",
                    new("created_at", Descending: true),
                    new("processor"),
                    new("payout_key"))
                .With("processor", processor)
                .With("account", account)
                .With("payout", payoutKey)
                .With("status", status)
                .With("currency", currency)
                .With("from", from)
                .With("to", to),
            limit,
            after);
}
