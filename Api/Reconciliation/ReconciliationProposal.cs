using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Reconciliation;

/// <summary>What may belong together, for a person to decide.</summary>
/// <param name="ProposalId">The proposal.</param>
/// <param name="RunId">The run that proposed it; null: it is a match that a person took back.</param>
/// <param name="Level">payment, payout or bank.</param>
/// <param name="Status">open, accepted, rejected, or superseded (its items were matched otherwise).</param>
/// <param name="Score">0 to 100: 40 for a reference, up to 40 for the amount, up to 20 for the day.</param>
/// <param name="Method">reference: named, but the amounts differ; amount, days, run, subset: several are equally good; near: about the amount; undone: a match taken back.</param>
/// <param name="Processor">Of the account on the reporting side; bank: a bank account.</param>
/// <param name="Account">That account.</param>
/// <param name="MerchantId">Whose money it is, as far as known.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="ExpectedAmount">Sum of our side.</param>
/// <param name="ActualAmount">Sum of the other side.</param>
/// <param name="ExpectedItems">Our side, each as kind:key.</param>
/// <param name="ActualItems">The other side, each as kind:key.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="DecidedAt">UTC; null while it is open.</param>
/// <param name="DecidedBy">Who decided.</param>
/// <param name="Note">What that person wrote.</param>
/// <param name="MatchId">The match that it became.</param>
internal sealed record ReconciliationProposal(
    long ProposalId,
    long? RunId,
    string Level,
    string Status,
    int Score,
    string Method,
    string Processor,
    string Account,
    string? MerchantId,
    string Currency,
    [property: Money] decimal ExpectedAmount,
    [property: Money] decimal ActualAmount,
    string[] ExpectedItems,
    string[] ActualItems,
    DateTime CreatedAt,
    DateTime? DecidedAt,
    string? DecidedBy,
    string? Note,
    long? MatchId) : IInCurrency, IExample<ReconciliationProposal>
{
    private const string ByScore = "score";

    /// <inheritdoc/>
    public static ReconciliationProposal Example { get; } = new(
        44, 71, "bank", "open", 97, "reference", "bank", "DE89370400440532013000", "MERCH-0007", "USD", 2100.00m, 2099.99m, ["payout:stripe:po_1Qx"], ["bank:512"],
        new(2026, 2, 1, 5, 0, 2, DateTimeKind.Utc), null, null, null, null);

    /// <summary>Proposals.</summary>
    /// <remarks>The best score first; with <c>order=newest</c> the newest. The Link header leads on.</remarks>
    public static RowStream<ReconciliationProposal> List(
        [FromQuery(Name = "level"), Description("Only this level."), AllowedValues("payment", "payout", "bank")] string? level,
        [FromQuery(Name = "status"), Description("Only of this status."), AllowedValues("open", "accepted", "rejected", "superseded")] string? status,
        [FromQuery(Name = "processor"), Description("Only of this processor; bank: of bank accounts.")] string? processor,
        [FromQuery(Name = "account"), Description("Only of this account.")] string? account,
        [FromQuery(Name = "merchant_id"), Description("Only of this merchant.")] string? merchantId,
        [FromQuery(Name = "currency"), Description("Only in this currency.")] string? currency,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "order"), Description("score: the likeliest first; newest: the latest first."), AllowedValues(ByScore, "newest")] string order = ByScore,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        new(
            (order == ByScore ? Query(new("score", Descending: true), new("proposal_id")) : Query(new OrderColumn("proposal_id", Descending: true)))
                .With("level", level)
                .With("status", status)
                .With("processor", processor)
                .With("account", account)
                .With("merchant", merchantId)
                .With("currency", currency),
            limit,
            after);

    /// <summary>One proposal.</summary>
    /// <remarks>With the items of both sides, and what was decided.</remarks>
    public static async Task<Results<Ok<ReconciliationProposal>, ProblemHttpResult>> GetAsync(
        [Description("The proposal.")] long id, Reader reader, CancellationToken cancellationToken) =>
        await FindAsync(id, reader, cancellationToken) is { } found ? TypedResults.Ok(found) : NotFound(id);

    /// <summary>The proposal, or null.</summary>
    public static Task<ReconciliationProposal?> FindAsync(long id, Reader reader, CancellationToken cancellationToken) =>
        reader.FindAsync(Query(new OrderColumn("proposal_id")).Where("proposal_id = @id").With("id", id), cancellationToken);

    /// <summary>404 for an unknown proposal.</summary>
    public static ProblemHttpResult NotFound(long id) => Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"proposal {id}"));

    private static RowQuery<ReconciliationProposal> Query(params OrderColumn[] order)
    {
        var query = new RowQuery<ReconciliationProposal>("pipeline.list_proposals(@level, @status, @processor, @account, @merchant, @currency)", order);
        foreach (var text in (string[])["level", "status", "processor", "account", "merchant", "currency"])
        {
            query.With(text, (string?)null);
        }

        return query;
    }
}
