using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Reading;
using Payments.Api.Rules;
using Payments.Pipeline.RuleBooks;

namespace Payments.Api.Lists;

/// <summary>A customer, a merchant or a country on a list.</summary>
/// <param name="EntryId">Its id.</param>
/// <param name="List">allow or block.</param>
/// <param name="PartyKind">customer, merchant or country.</param>
/// <param name="Party">The id, or the country in capitals.</param>
/// <param name="Reason">Why it is there.</param>
/// <param name="Author">Who put it there.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="ExpiresAt">It no longer counts from then on, UTC; null: for good.</param>
/// <param name="RemovedAt">When somebody ended it, UTC.</param>
/// <param name="RemovedBy">Who.</param>
/// <param name="IsActive">Whether it counts now.</param>
internal sealed record ListEntry(
    long EntryId,
    string List,
    string PartyKind,
    string Party,
    string Reason,
    string Author,
    DateTime CreatedAt,
    DateTime? ExpiresAt,
    DateTime? RemovedAt,
    string? RemovedBy,
    bool IsActive) : IExample<ListEntry>
{
    /// <inheritdoc/>
    public static ListEntry Example { get; } = new(
        3, "block", "customer", "CUST-0042", "chargebacks on three cards", "anna", new(2026, 1, 31, 9, 12, 0, DateTimeKind.Utc), new(2026, 7, 31, 0, 0, 0, DateTimeKind.Utc), null, null, true);

    /// <summary>Allow and block lists.</summary>
    /// <remarks>Newest entry first, those that ended too. Complete and streamed; <c>limit</c> pages it, and the Link header leads on. A block goes before an allowance. A country blocks its customers and merchants, and allows its customers only.</remarks>
    public static RowStream<ListEntry> All(
        TimeProvider clock,
        [FromQuery(Name = "list"), Description("Only entries of this list."), AllowedValues("allow", "block")] string? list,
        [FromQuery(Name = "party_kind"), Description("Only entries of this kind."), AllowedValues("customer", "merchant", "country")] string? kind,
        [FromQuery(Name = "party"), Description("Only entries of this id, or of this country in capitals.")] string? party,
        [FromQuery(Name = "active"), Description("true: only entries that count now; false: only those that ended.")] bool? active,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after) =>
        new(Query(clock, list, kind, party, active), limit, after);

    /// <summary>One entry of a list.</summary>
    /// <remarks>Also when it has ended.</remarks>
    public static async Task<Results<Ok<ListEntry>, ProblemHttpResult>> GetAsync(
        [Description("The entry's id.")] long id, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        await FindAsync(id, reader, clock, cancellationToken) is { } entry ? TypedResults.Ok(entry) : NotFound(id);

    /// <summary>Puts a party on a list.</summary>
    /// <remarks>It counts from the next batch on. A blocked party's payments are flagged and score at least the block threshold; an allowed one's stay under the review threshold, though flags stay flags.</remarks>
    public static async Task<Results<Created<ListEntry>, ProblemHttpResult>> PostAsync(
        ListRequest request, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (request.List is null) throw new InvalidParameterException("list", $"is required: one of {string.Join(", ", RuleWords.Lists)}");
        RuleTexts.RequireOneOf("list", request.List, RuleWords.Lists);
        var now = clock.GetUtcNow();
        request.Check(now);
        var added = await reader.FindAsync(
            new RowQuery<AddedId>("pipeline.add_listed_party(@list, @kind, @party, @reason, @expires, @by, @now) as added (id)")
                .With("list", request.List)
                .With("kind", request.PartyKind)
                .With("party", request.StoredParty())
                .With("reason", request.Reason!.Trim())
                .With("expires", request.ExpiresAt?.UtcDateTime)
                .With("by", user.Identity?.Name)
                .With("now", now.UtcDateTime),
            cancellationToken);
        return added?.Id is { } id
            ? TypedResults.Created(string.Create(CultureInfo.InvariantCulture, $"/api/lists/{id}"), await FindAsync(id, reader, clock, cancellationToken))
            : Problem.Of(StatusCodes.Status409Conflict, $"This {request.PartyKind} is on the {request.List} list: GET /api/lists?party=… shows the entry; delete that first.");
    }

    /// <summary>Takes a party off a list.</summary>
    /// <remarks>From the next batch on. The answer is the entry as it stays, as history.</remarks>
    public static async Task<Results<Ok<ListEntry>, ProblemHttpResult>> DeleteAsync(
        [Description("The entry's id.")] long id, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        await reader.FindAsync(
            new RowQuery<Removal>("pipeline.remove_listed_party(@id, @by, @now) as removed (is_removed)")
                .With("id", id)
                .With("by", user.Identity?.Name)
                .With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken);
        return await FindAsync(id, reader, clock, cancellationToken) is { } entry ? TypedResults.Ok(entry) : NotFound(id);
    }

    private static Task<ListEntry?> FindAsync(long id, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        reader.FindAsync(Query(clock, null, null, null, null).Where("entry_id = @id").With("id", id), cancellationToken);

    private static ProblemHttpResult NotFound(long id) => Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"entry {id} of a list"));

    private static RowQuery<ListEntry> Query(TimeProvider clock, string? list, string? kind, string? party, bool? active) =>
        new RowQuery<ListEntry>("pipeline.list_listed_parties(@list, @kind, @party, @active, @now)", new OrderColumn("entry_id", Descending: true))
            .With("list", list)
            .With("kind", kind)
            .With("party", party)
            .With("active", active)
            .With("now", clock.GetUtcNow().UtcDateTime);
}
