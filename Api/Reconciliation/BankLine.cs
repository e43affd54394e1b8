using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Reconciliation;

/// <summary>What a bank booked, or is about to.</summary>
/// <param name="BankLineId">The line.</param>
/// <param name="Account">IBAN, or the bank's number of the account.</param>
/// <param name="StatementReference">The bank's id of the statement.</param>
/// <param name="Sequence">Its electronic sequence number; 0: not told.</param>
/// <param name="Page">Its page.</param>
/// <param name="EntryNumber">Which entry of it, from 1.</param>
/// <param name="DetailNumber">Which transaction of an entry that was taken apart, from 1; 0: the entry as a whole.</param>
/// <param name="Amount">Over 0: came to the account.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="BookingDate">The bank's day.</param>
/// <param name="ValueDate">The bank's day.</param>
/// <param name="BankReference">The bank's reference.</param>
/// <param name="EndToEndId">The payer's reference.</param>
/// <param name="Remittance">What the payer wrote, as lines.</param>
/// <param name="CreditorReference">The structured reference.</param>
/// <param name="CounterpartyName">Who paid, or was paid.</param>
/// <param name="CounterpartyAccount">Their account.</param>
/// <param name="TransactionCode">ISO domain/family/sub-family, or the bank's own.</param>
/// <param name="IsReversal">Whether it takes an earlier one back.</param>
/// <param name="Status">BOOK, PDNG, INFO or FUTR; only BOOK is money.</param>
/// <param name="ImportId">The import that brought it; <c>/api/imports/{id}</c> shows its account.</param>
/// <param name="LineNumber">The physical line of that file where it starts, from 1.</param>
internal sealed record BankLine(
    long BankLineId,
    string Account,
    string StatementReference,
    long Sequence,
    int Page,
    int EntryNumber,
    int DetailNumber,
    [property: Money] decimal Amount,
    string Currency,
    DateOnly? BookingDate,
    DateOnly? ValueDate,
    string? BankReference,
    string? EndToEndId,
    string? Remittance,
    string? CreditorReference,
    string? CounterpartyName,
    string? CounterpartyAccount,
    string? TransactionCode,
    bool IsReversal,
    string Status,
    long ImportId,
    long LineNumber) : IInCurrency, IExample<BankLine>
{
    /// <inheritdoc/>
    public static BankLine Example { get; } = new(
        512, "DE89370400440532013000", "2026-02-03/1", 23, 1, 4, 0, 86.30m, "EUR", new(2026, 2, 3), new(2026, 2, 3), "AAAASESS-98765/01", "STRIPE P1", "STRIPE PAYOUT", null, "STRIPE",
        "IE29AIBK93115212345678", "PMNT/RCDT/ESCT", false, "BOOK", 22, 61);

    /// <summary>Lines of bank statements.</summary>
    /// <remarks>Newest first, as they were imported. The Link header leads to older ones.</remarks>
    public static RowStream<BankLine> List(
        [FromQuery(Name = "account"), Description("Only of this bank account.")] string? account,
        [FromQuery(Name = "statement_reference"), Description("Only of statements of this id.")] string? statementReference,
        [FromQuery(Name = "status"), Description("Only of this status."), AllowedValues("BOOK", "PDNG", "INFO", "FUTR")] string? status,
        [FromQuery(Name = "currency"), Description("Only in this currency.")] string? currency,
        [FromQuery(Name = "end_to_end_id"), Description("Only with this reference of the payer.")] string? endToEndId,
        [FromQuery(Name = "import_id"), Description("Only lines that this import brought.")] long? importId,
        [FromQuery(Name = "from"), Description("First booking day.")] DateOnly? from,
        [FromQuery(Name = "to"), Description("Last booking day.")] DateOnly? to,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        new(
            new RowQuery<BankLine>(
                    "pipeline.list_bank_lines(@account, @statement, @status, @currency, @reference, @import, @from, @to)",
                    new OrderColumn("bank_line_id", Descending: true))
                .With("account", account)
                .With("statement", statementReference)
                .With("status", status)
                .With("currency", currency)
                .With("reference", endToEndId)
                .With("import", importId)
                .With("from", from)
                .With("to", to),
            limit,
            after);
}
