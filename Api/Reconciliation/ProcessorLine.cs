using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Reconciliation;

/// <summary>What a processor booked on the account that it keeps for us.</summary>
/// <param name="LineId">The line.</param>
/// <param name="Processor">stripe or adyen.</param>
/// <param name="Account">The account with the processor; empty where the file tells none.</param>
/// <param name="ExternalId">The processor's id of it.</param>
/// <param name="PayoutKey">The payout that it belongs to, or is; null where it is not told.</param>
/// <param name="Category">payment, refund, chargeback, fee, payout, …: the same words for all processors.</param>
/// <param name="OriginalCategory">The processor's own word.</param>
/// <param name="PaymentReference">What may be the id of our payment.</param>
/// <param name="ProcessorReference">Stripe's payment intent, Adyen's PSP reference.</param>
/// <param name="SourceReference">The refund, dispute, … itself.</param>
/// <param name="PaymentMethod">As the processor calls it.</param>
/// <param name="Description">As the processor has it.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Gross">Signed; gross - fee = net.</param>
/// <param name="Fee">What the processor keeps.</param>
/// <param name="Net">What it adds to the account.</param>
/// <param name="PresentmentAmount">What the payer was shown, where its currency is another.</param>
/// <param name="PresentmentCurrency">ISO 4217.</param>
/// <param name="ExchangeRate">From the presentment currency.</param>
/// <param name="OccurredAt">When it was booked, UTC.</param>
/// <param name="AvailableOn">UTC day from which on it can be paid out.</param>
/// <param name="ImportId">The import that brought it first; <c>/api/imports/{id}</c> shows its account.</param>
/// <param name="LineNumber">The physical line of that file where its record starts, from 1.</param>
internal sealed record ProcessorLine(
    long LineId,
    string Processor,
    string Account,
    string ExternalId,
    string? PayoutKey,
    string Category,
    string OriginalCategory,
    string? PaymentReference,
    string? ProcessorReference,
    string? SourceReference,
    string? PaymentMethod,
    string? Description,
    string Currency,
    [property: Money] decimal Gross,
    [property: Money] decimal Fee,
    [property: Money] decimal Net,
    decimal? PresentmentAmount,
    string? PresentmentCurrency,
    decimal? ExchangeRate,
    DateTime OccurredAt,
    DateOnly? AvailableOn,
    long ImportId,
    long LineNumber) : IInCurrency, IExample<ProcessorLine>
{
    /// <inheritdoc/>
    public static ProcessorLine Example { get; } = new(
        40211, "stripe", "", "txn_1PgaxN", "po_1Pgc79", "payment", "charge", "ch_1PgafuB7", "pi_1PgafuB7", "ch_1PgafuB7", "card", "Order 7", "USD", 100.00m, 3.20m, 96.80m, null, null, null,
        new(2026, 1, 30, 10, 11, 12, DateTimeKind.Utc), new(2026, 2, 2), 21, 17);

    /// <summary>Lines of processors' reports.</summary>
    /// <remarks>Newest first. The Link header leads to older ones.</remarks>
    public static RowStream<ProcessorLine> List(
        [FromQuery(Name = "processor"), Description("Only of this processor."), AllowedValues("stripe", "adyen")] string? processor,
        [FromQuery(Name = "account"), Description("Only of this account.")] string? account,
        [FromQuery(Name = "payout_key"), Description("Only lines of this payout, its own included.")] string? payoutKey,
        [FromQuery(Name = "category"), Description("Only of this category.")] string? category,
        [FromQuery(Name = "payment_reference"), Description("Only lines that name this payment.")] string? paymentReference,
        [FromQuery(Name = "currency"), Description("Only in this currency.")] string? currency,
        [FromQuery(Name = "import_id"), Description("Only lines that this import brought.")] long? importId,
        [FromQuery(Name = "from"), Description("First UTC day.")] DateOnly? from,
        [FromQuery(Name = "to"), Description("Last UTC day.")] DateOnly? to,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        new(
            new RowQuery<ProcessorLine>(
                    "pipeline.list_processor_lines(@processor, @account, @payout, @category, @payment, @currency, @import, @from, @to)",
                    new("occurred_at", Descending: true),
                    new("line_id", Descending: true))
                .With("processor", processor)
                .With("account", account)
                .With("payout", payoutKey)
                .With("category", category)
                .With("payment", paymentReference)
                .With("currency", currency)
                .With("import", importId)
                .With("from", from)
                .With("to", to),
            limit,
            after);
}
