using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Reconciliation;

/// <summary>A match that a person makes.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record MatchOrder : IExample<MatchOrder>
{
    private const int MostItems = 1000;

    /// <inheritdoc/>
    public static MatchOrder Example { get; } = new() { Level = "bank", Expected = ["payout:stripe:po_1Qx", "payout:stripe:po_1Qy"], Actual = ["bank:512"], Note = "one transfer for two payouts, says the bank" };

    /// <summary>payment, payout or bank.</summary>
    public string? Level { get; init; }

    /// <summary>Our side, each as kind:key. At the level payment: payment, refund, refunded, returned, dispute, won; payout: settlement; bank: payout (payout:processor:key) or settlement.</summary>
    public string[]? Expected { get; init; }

    /// <summary>The other side, each as kind:key. At the level payment: line; payout: payout; bank: bank.</summary>
    public string[]? Actual { get; init; }

    /// <summary>Why; at most 1,000 characters.</summary>
    public string? Note { get; init; }

    /// <summary>All items, checked for what can be told without looking at them.</summary>
    /// <exception cref="InvalidParameterException">Something is missing or wrong.</exception>
    public string[] CheckedItems()
    {
        RequestTexts.RequireText("note", Note);
        string[] allowed = Level switch
        {
            "payment" => ["payment", "refund", "refunded", "returned", "dispute", "won"],
            "payout" => ["settlement"],
            "bank" => ["payout", "settlement"],
            _ => throw new InvalidParameterException("level", "must be payment, payout or bank"),
        };
        Check("expected", Expected, allowed);
        Check("actual", Actual, [Level switch { "payment" => "line", "payout" => "payout", _ => "bank" }]);
        return [.. Expected!.Concat(Actual!).Distinct(StringComparer.Ordinal)];
    }

    private static void Check(string name, string[]? items, string[] kinds)
    {
        if (items is not { Length: > 0 and <= MostItems }) throw new InvalidParameterException(name, $"must be 1 to {MostItems} items, each as kind:key");
        if (items.Any(item => item is null || item.Any(char.IsControl) || !kinds.Any(kind => item.StartsWith(kind + ":", StringComparison.Ordinal))))
        {
            throw new InvalidParameterException(name, $"must be items of the kind {string.Join(" or ", kinds)}, each as kind:key");
        }
    }
}

/// <summary>Why something is decided.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ReconciliationNote : IExample<ReconciliationNote>
{
    /// <inheritdoc/>
    public static ReconciliationNote Example { get; } = new() { Note = "the processor has confirmed it by e-mail" };

    /// <summary>Kept with the caller's name; at most 1,000 characters.</summary>
    public string? Note { get; init; }

    /// <summary>The note.</summary>
    /// <exception cref="InvalidParameterException">It is missing or too long.</exception>
    public string Checked()
    {
        RequestTexts.RequireText("note", Note);
        return Note!;
    }
}

/// <summary>What belongs together: what we expected, and what processor or bank reported.</summary>
/// <param name="MatchId">The match.</param>
/// <param name="RunId">The run that made it; null: a person.</param>
/// <param name="Level">payment, payout or bank.</param>
/// <param name="Method">reference: one names the other; amount: the only one of the amount, nearest in time; days, run, subset: whole days, neighbours or a few that add up; accepted, manual: by a person.</param>
/// <param name="Processor">Of the account on the reporting side; bank: a bank account.</param>
/// <param name="Account">That account.</param>
/// <param name="MerchantId">Whose money it is, as far as known.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="ExpectedAmount">Sum of our side.</param>
/// <param name="ActualAmount">Sum of the other side.</param>
/// <param name="IsStanding">False: it was taken back.</param>
/// <param name="MadeAt">UTC.</param>
/// <param name="MadeBy">Null: a run.</param>
/// <param name="Note">What that person wrote.</param>
/// <param name="UndoneAt">UTC.</param>
/// <param name="UndoneBy">Who took it back.</param>
/// <param name="UndoneNote">And why.</param>
internal sealed record ReconciliationMatch(
    long MatchId,
    long? RunId,
    string Level,
    string Method,
    string Processor,
    string Account,
    string? MerchantId,
    string Currency,
    [property: Money] decimal ExpectedAmount,
    [property: Money] decimal ActualAmount,
    bool IsStanding,
    DateTime MadeAt,
    string? MadeBy,
    string? Note,
    DateTime? UndoneAt,
    string? UndoneBy,
    string? UndoneNote) : IInCurrency, IExample<ReconciliationMatch>
{
    /// <inheritdoc/>
    public static ReconciliationMatch Example { get; } = new(
        9012, 71, "bank", "reference", "bank", "DE89370400440532013000", "MERCH-0007", "USD", 2100.00m, 2100.00m, true,
        new(2026, 2, 1, 5, 0, 2, DateTimeKind.Utc), null, null, null, null, null);

    /// <summary>Matches.</summary>
    /// <remarks>Newest first. The Link header leads to older ones.</remarks>
    public static RowStream<ReconciliationMatch> List(
        [FromQuery(Name = "level"), Description("Only this level."), AllowedValues("payment", "payout", "bank")] string? level,
        [FromQuery(Name = "method"), Description("Only made this way."), AllowedValues("reference", "amount", "days", "run", "subset", "accepted", "manual")] string? method,
        [FromQuery(Name = "standing"), Description("true: only what stands; false: only what was taken back.")] bool? standing,
        [FromQuery(Name = "processor"), Description("Only of this processor; bank: of bank accounts.")] string? processor,
        [FromQuery(Name = "account"), Description("Only of this account.")] string? account,
        [FromQuery(Name = "merchant_id"), Description("Only of this merchant.")] string? merchantId,
        [FromQuery(Name = "currency"), Description("Only in this currency.")] string? currency,
        [FromQuery(Name = "run_id"), Description("Only made by this run.")] long? runId,
        [FromQuery(Name = "item"), Description("Only where this item stands, as kind:key, for example settlement:STL-20260131-USD-MERCH-0007.")] string? item,
        [FromQuery(Name = "from"), Description("First UTC day on which they were made.")] DateOnly? from,
        [FromQuery(Name = "to"), Description("Last UTC day on which they were made.")] DateOnly? to,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        new(
            Query()
                .With("level", level)
                .With("method", method)
                .With("standing", standing)
                .With("processor", processor)
                .With("account", account)
                .With("merchant", merchantId)
                .With("currency", currency)
                .With("run", runId)
                .With("item", item)
                .With("from", from)
                .With("to", to),
            limit,
            after);

    /// <summary>One match.</summary>
    /// <remarks>With the items of both sides.</remarks>
    public static async Task<Results<Ok<ReconciliationMatchAccount>, ProblemHttpResult>> GetAsync(
        [Description("The match.")] long id, Reader reader, CancellationToken cancellationToken) =>
        await ReconciliationMatchAccount.FindAsync(id, reader, cancellationToken) is { } found ? TypedResults.Ok(found) : NotFound(id);

    /// <summary>404 for an unknown match.</summary>
    public static ProblemHttpResult NotFound(long id) => Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"match {id}"));

    /// <summary>The match, or null.</summary>
    public static Task<ReconciliationMatch?> FindAsync(long id, Reader reader, CancellationToken cancellationToken) =>
        reader.FindAsync(Query().Where("match_id = @id").With("id", id), cancellationToken);

    private static RowQuery<ReconciliationMatch> Query()
    {
        var query = new RowQuery<ReconciliationMatch>(
            "pipeline.list_matches(@level, @method, @standing, @processor, @account, @merchant, @currency, @run, @item, @from, @to)",
            new OrderColumn("match_id", Descending: true));
        foreach (var text in (string[])["level", "method", "processor", "account", "merchant", "currency", "item"])
        {
            query.With(text, (string?)null);
        }

        return query.With("standing", (bool?)null).With("run", (long?)null).With("from", (DateOnly?)null).With("to", (DateOnly?)null);
    }
}

/// <summary>An item of a match.</summary>
/// <param name="Side">expected or actual.</param>
/// <param name="ItemKind">payment, refund, refunded (a payment given back as a whole), returned (a refund that failed), dispute, won (a dispute), settlement or payout; line (of a processor) or bank (a bank line).</param>
/// <param name="ItemKey">Its id; of a payout processor:key.</param>
/// <param name="Amount">In the currency.</param>
/// <param name="Currency">ISO 4217.</param>
internal sealed record ReconciliationItem(string Side, string ItemKind, string ItemKey, [property: Money] decimal Amount, string Currency) : IInCurrency;

/// <summary>A match with both sides.</summary>
/// <param name="Match">The match.</param>
/// <param name="Items">The items of both sides.</param>
internal sealed record ReconciliationMatchAccount(ReconciliationMatch Match, IReadOnlyList<ReconciliationItem> Items) : IExample<ReconciliationMatchAccount>
{
    /// <inheritdoc/>
    public static ReconciliationMatchAccount Example { get; } = new(
        ReconciliationMatch.Example,
        [new("expected", "payout", "stripe:po_1Qx", 2100.00m, "USD"), new("actual", "bank", "512", 2100.00m, "USD")]);

    /// <summary>The match with its items, or null.</summary>
    public static async Task<ReconciliationMatchAccount?> FindAsync(long id, Reader reader, CancellationToken cancellationToken) =>
        await ReconciliationMatch.FindAsync(id, reader, cancellationToken) is { } match
            ? new(match, await reader.StreamAsync(new RowQuery<ReconciliationItem>("pipeline.list_match_items(@id)").With("id", id), cancellationToken).ToListAsync(cancellationToken))
            : null;
}
