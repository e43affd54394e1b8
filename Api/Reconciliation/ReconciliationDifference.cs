using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Reconciliation;

/// <summary>Where the sides disagree.</summary>
/// <param name="DifferenceId">The difference.</param>
/// <param name="RunId">The run that found it last; null: a person's change did.</param>
/// <param name="Level">payment, payout or bank.</param>
/// <param name="Aspect">What differs: presence (one side has it, the other not), amount, fee, reserve, refund, fx, date, or undone (a match taken back after its settlement was completed).</param>
/// <param name="Class">Why, as far as the data tell: fee, fx, reserve, refund, missing, duplicate, timing (it may still come) or unknown.</param>
/// <param name="Status">open; resolved: by a person; closed: what came later has explained it.</param>
/// <param name="Processor">Of the account that reports, or should; bank: a bank account.</param>
/// <param name="Account">That account.</param>
/// <param name="MerchantId">Whose money it is, as far as known.</param>
/// <param name="ExpectedKind">What our side has: payment, refund, dispute, settlement or payout; empty: nothing.</param>
/// <param name="ExpectedKey">Its id.</param>
/// <param name="ActualKind">What the other side has: line, payout or bank; empty: nothing.</param>
/// <param name="ActualKey">Its id.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="ExpectedAmount">Our side.</param>
/// <param name="ActualAmount">The other side.</param>
/// <param name="DifferenceAmount">actual - expected.</param>
/// <param name="ItemDay">UTC day of what it is about.</param>
/// <param name="AgeDays">Days since then, until it was closed.</param>
/// <param name="Age">0-1, 2-7, 8-30, 31-90 or 91+ days.</param>
/// <param name="OpenedAt">First seen, UTC.</param>
/// <param name="UpdatedAt">UTC.</param>
/// <param name="ClosedAt">UTC; null while it is open.</param>
/// <param name="ClosedBy">Who resolved it.</param>
/// <param name="Reason">Why it closed itself: timing (the other side came) or superseded (found otherwise since).</param>
/// <param name="Note">What a person wrote.</param>
internal sealed record ReconciliationDifference(
    long DifferenceId,
    long? RunId,
    string Level,
    string Aspect,
    string Class,
    string Status,
    string Processor,
    string Account,
    string? MerchantId,
    string ExpectedKind,
    string ExpectedKey,
    string ActualKind,
    string ActualKey,
    string Currency,
    [property: Money] decimal ExpectedAmount,
    [property: Money] decimal ActualAmount,
    [property: Money] decimal DifferenceAmount,
    DateOnly ItemDay,
    int AgeDays,
    string Age,
    DateTime OpenedAt,
    DateTime UpdatedAt,
    DateTime? ClosedAt,
    string? ClosedBy,
    string? Reason,
    string? Note) : IInCurrency, IExample<ReconciliationDifference>
{
    /// <inheritdoc/>
    public static ReconciliationDifference Example { get; } = new(
        318, 71, "payment", "fee", "fee", "open", "stripe", "acct_1", "MERCH-0007", "payment", "PAY-000123", "line", "40211", "USD", 1.55m, 1.56m, 0.01m,
        new(2026, 1, 30), 2, "2-7", new(2026, 2, 1, 5, 0, 1, DateTimeKind.Utc), new(2026, 2, 1, 5, 0, 1, DateTimeKind.Utc), null, null, null, null);

    /// <summary>Differences.</summary>
    /// <remarks>Newest first. One that a later file explains closes itself. The Link header leads to older ones.</remarks>
    public static RowStream<ReconciliationDifference> List(
        TimeProvider clock,
        [FromQuery(Name = "level"), Description("Only this level."), AllowedValues("payment", "payout", "bank")] string? level,
        [FromQuery(Name = "class"), Description("Only this class."), AllowedValues("fee", "fx", "reserve", "refund", "missing", "duplicate", "timing", "unknown")] string? @class,
        [FromQuery(Name = "status"), Description("Only of this status."), AllowedValues("open", "resolved", "closed")] string? status,
        [FromQuery(Name = "processor"), Description("Only of this processor; bank: of bank accounts.")] string? processor,
        [FromQuery(Name = "account"), Description("Only of this account.")] string? account,
        [FromQuery(Name = "merchant_id"), Description("Only of this merchant.")] string? merchantId,
        [FromQuery(Name = "currency"), Description("Only in this currency.")] string? currency,
        [FromQuery(Name = "age"), Description("Only of this age in days."), AllowedValues("0-1", "2-7", "8-30", "31-90", "91+")] string? age,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        new(
            Query(clock)
                .With("level", level)
                .With("class", @class)
                .With("status", status)
                .With("processor", processor)
                .With("account", account)
                .With("merchant", merchantId)
                .With("currency", currency)
                .With("age", age),
            limit,
            after);

    /// <summary>One difference.</summary>
    /// <remarks>With both sides, their amounts and its age.</remarks>
    public static async Task<Results<Ok<ReconciliationDifference>, ProblemHttpResult>> GetAsync(
        [Description("The difference.")] long id, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        await FindAsync(id, reader, clock, cancellationToken) is { } found ? TypedResults.Ok(found) : NotFound(id);

    /// <summary>The difference, or null.</summary>
    public static Task<ReconciliationDifference?> FindAsync(long id, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        reader.FindAsync(Query(clock).Where("difference_id = @id").With("id", id), cancellationToken);

    /// <summary>404 for an unknown difference.</summary>
    public static ProblemHttpResult NotFound(long id) => Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"difference {id}"));

    private static RowQuery<ReconciliationDifference> Query(TimeProvider clock)
    {
        var query = new RowQuery<ReconciliationDifference>(
            "pipeline.list_differences(@level, @class, @status, @processor, @account, @merchant, @currency, @age, @as_of)",
            new OrderColumn("difference_id", Descending: true));
        foreach (var text in (string[])["level", "class", "status", "processor", "account", "merchant", "currency", "age"])
        {
            query.With(text, (string?)null);
        }

        return query.With("as_of", DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));
    }
}

/// <summary>Open differences of a level, class, currency and age.</summary>
/// <param name="Level">payment, payout or bank.</param>
/// <param name="Class">fee, fx, reserve, refund, missing, duplicate, timing or unknown.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Age">0-1, 2-7, 8-30, 31-90 or 91+ days.</param>
/// <param name="DifferenceCount">How many.</param>
/// <param name="ExpectedAmount">Our side.</param>
/// <param name="ActualAmount">The other side.</param>
/// <param name="DifferenceAmount">actual - expected.</param>
internal sealed record DifferenceSummary(
    string Level,
    string Class,
    string Currency,
    string Age,
    long DifferenceCount,
    [property: Money] decimal ExpectedAmount,
    [property: Money] decimal ActualAmount,
    [property: Money] decimal DifferenceAmount) : IInCurrency, IExample<DifferenceSummary>
{
    /// <inheritdoc/>
    public static DifferenceSummary Example { get; } = new("bank", "missing", "USD", "8-30", 3, 4120.50m, 0m, -4120.50m);

    /// <summary>Open differences by age.</summary>
    /// <remarks>Counted and summed by level, class, currency and age; currencies are never added up.</remarks>
    public static RowStream<DifferenceSummary> List(TimeProvider clock) =>
        new(new RowQuery<DifferenceSummary>("pipeline.summarize_differences(@as_of)").With("as_of", DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)));
}
