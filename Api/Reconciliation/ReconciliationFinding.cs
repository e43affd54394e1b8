using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Reconciliation;

/// <summary>What a dry run would have done.</summary>
/// <param name="FindingId">Its number within the run.</param>
/// <param name="Level">payment, payout or bank.</param>
/// <param name="Outcome">matched, difference (opened, or changed), closed or proposal.</param>
/// <param name="Class">Of a match its method, of a difference its class, of what was closed the reason.</param>
/// <param name="Processor">Of the account on the reporting side; bank: a bank account.</param>
/// <param name="Account">That account.</param>
/// <param name="MerchantId">Whose money it is, as far as known.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="ExpectedAmount">Our side.</param>
/// <param name="ActualAmount">The other side.</param>
/// <param name="ExpectedItems">Our side, each as kind:key.</param>
/// <param name="ActualItems">The other side, each as kind:key.</param>
internal sealed record ReconciliationFinding(
    int FindingId,
    string Level,
    string Outcome,
    string Class,
    string Processor,
    string Account,
    string? MerchantId,
    string Currency,
    [property: Money] decimal ExpectedAmount,
    [property: Money] decimal ActualAmount,
    string[] ExpectedItems,
    string[] ActualItems) : IInCurrency, IExample<ReconciliationFinding>
{
    /// <inheritdoc/>
    public static ReconciliationFinding Example { get; } = new(
        1, "bank", "matched", "reference", "bank", "DE89370400440532013000", "MERCH-0007", "USD", 2100.00m, 2100.00m, ["payout:stripe:po_1Qx"], ["bank:512"]);

    /// <summary>Findings of a dry run.</summary>
    /// <remarks>What it would have matched, opened, closed and proposed, item by item: at most 1,000 of a level, outcome and class (its figures count all), kept until the next dry run. Of other runs there are none: theirs are matches, differences and proposals. The Link header leads on.</remarks>
    public static RowStream<ReconciliationFinding> List(
        [Description("The dry run.")] long id,
        [FromQuery(Name = "level"), Description("Only this level."), AllowedValues("payment", "payout", "bank")] string? level,
        [FromQuery(Name = "outcome"), Description("Only of this outcome."), AllowedValues("matched", "difference", "closed", "proposal")] string? outcome,
        [FromQuery(Name = "class"), Description("Only of this class: of a match its method, of a difference its class.")] string? ofClass,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        new(
            new RowQuery<ReconciliationFinding>("pipeline.list_findings(@id, @level, @outcome, @class)", new OrderColumn("finding_id"))
                .With("id", id)
                .With("level", level)
                .With("outcome", outcome)
                .With("class", ofClass),
            limit,
            after);
}
