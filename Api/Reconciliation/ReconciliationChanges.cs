using System.ComponentModel;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Reading;
using Payments.Pipeline.Reconcile;
using Payments.Pipeline.Runs;

namespace Payments.Api.Reconciliation;

/// <summary>What people decide about matches, proposals and differences; each step is kept with its author.</summary>
internal sealed class ReconciliationChanges(Reader reader, RunQueue queue, TimeProvider clock)
{
    /// <summary>Matches by hand.</summary>
    /// <remarks>What a run would not match: one or several of either side. What the sums differ by becomes a difference. 409 when an item stands in a match already (<c>items</c> names those), 400 when an item does not exist or the currencies differ. A reconciliation follows, which completes settlements that the bank has paid.</remarks>
    public static async Task<Results<Ok<ReconciliationMatchAccount>, ProblemHttpResult>> MatchAsync(
        MatchOrder order, ReconciliationChanges changes, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var items = order.CheckedItems();
        var query = new RowQuery<Decided>("pipeline.make_match(@level, @items, null, @by, @note, @now)").With("level", order.Level).With("items", items).With("note", order.Note);
        return await changes.MadeAsync(await changes.DecideAsync(query, user, cancellationToken), cancellationToken);
    }

    /// <summary>Takes a match back.</summary>
    /// <remarks>Its items wait again; no run matches just them with each other any more, a person may. A settlement that was completed by it stays completed, and a difference opens. 409 when it was taken back already.</remarks>
    public static async Task<Results<Ok<ReconciliationMatchAccount>, ProblemHttpResult>> UndoAsync(
        [Description("The match.")] long id, ReconciliationNote request, ReconciliationChanges changes, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var query = new RowQuery<Decided>("pipeline.undo_match(@id, @by, @note, @now)").With("id", id).With("note", request.Checked());
        return await changes.DecideAsync(query, user, cancellationToken) switch
        {
            null => ReconciliationMatch.NotFound(id),
            { Outcome: "done" } => await changes.FoundAsync(id, cancellationToken),
            _ => Problem.Of(StatusCodes.Status409Conflict, string.Create(CultureInfo.InvariantCulture, $"Match {id} was taken back already.")),
        };
    }

    /// <summary>Accepts a proposal.</summary>
    /// <remarks>It becomes a match; what the sums differ by stays a difference until it is resolved. 409 when it does not wait any more, or an item stands in another match by now. A reconciliation follows, which completes settlements that the bank has paid.</remarks>
    public static async Task<Results<Ok<ReconciliationMatchAccount>, ProblemHttpResult>> AcceptAsync(
        [Description("The proposal.")] long id, ReconciliationNote request, ReconciliationChanges changes, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var decided = await changes.DecideAsync(Decision(id, true, request), user, cancellationToken);
        return decided is null ? ReconciliationProposal.NotFound(id) : await changes.MadeAsync(decided, cancellationToken);
    }

    /// <summary>Rejects a proposal.</summary>
    /// <remarks>Just these items are neither proposed nor matched with each other again, unless a person does it. 409 when it does not wait any more.</remarks>
    public static async Task<Results<Ok<ReconciliationProposal>, ProblemHttpResult>> RejectAsync(
        [Description("The proposal.")] long id, ReconciliationNote request, ReconciliationChanges changes, Reader reader, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await changes.DecideAsync(Decision(id, false, request), user, cancellationToken) switch
        {
            null => ReconciliationProposal.NotFound(id),
            { Outcome: "done" } when await ReconciliationProposal.FindAsync(id, reader, cancellationToken) is { } proposal => TypedResults.Ok(proposal),
            var decided => Refusal(decided),
        };

    /// <summary>Resolves a difference.</summary>
    /// <remarks>With a note, which is kept with the caller's name. It opens again only if its amounts change, or by a person. 409 when it is not open (<c>difference_status</c> tells).</remarks>
    public static Task<Results<Ok<ReconciliationDifference>, ProblemHttpResult>> ResolveAsync(
        [Description("The difference.")] long id, ReconciliationNote request, ReconciliationChanges changes, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        changes.SettleAsync(id, true, request, user, cancellationToken);

    /// <summary>Reopens a difference.</summary>
    /// <remarks>One that was resolved, or has closed itself. 409 when it is open (<c>difference_status</c> tells).</remarks>
    public static Task<Results<Ok<ReconciliationDifference>, ProblemHttpResult>> ReopenAsync(
        [Description("The difference.")] long id, ReconciliationNote request, ReconciliationChanges changes, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        changes.SettleAsync(id, false, request, user, cancellationToken);

    private static RowQuery<Decided> Decision(long id, bool isAccepted, ReconciliationNote request) =>
        new RowQuery<Decided>("pipeline.decide_proposal(@id, @accepted, @by, @note, @now)").With("id", id).With("accepted", isAccepted).With("note", request.Checked());

    private static ProblemHttpResult Refusal(Decided decided) => decided.Outcome switch
    {
        "unknown" => throw new InvalidParameterException("items", $"must exist and fit the level, but these do not: {decided.Detail}"),
        "sides" => throw new InvalidParameterException("items", "must be of both sides and of one currency"),
        "taken" => Problem.Of(StatusCodes.Status409Conflict, $"These items stand in a match already: {decided.Detail}. GET /api/reconciliation/matches?item=… finds it.", ("items", decided.Detail)),
        _ => Problem.Of(StatusCodes.Status409Conflict, $"The proposal does not wait any more: it is {decided.Detail}.", ("proposal_status", decided.Detail)),
    };

    private async Task<Results<Ok<ReconciliationMatchAccount>, ProblemHttpResult>> MadeAsync(Decided? decided, CancellationToken cancellationToken)
    {
        if (decided is not { Outcome: "done", MatchId: { } id }) return Refusal(decided!);
        await queue.RequestAsync(
            RunKind.Reconciliation, string.Create(CultureInfo.InvariantCulture, $"match:{id}"), RunRequester.Api, new ReconcileRequest(), cancellationToken);
        return await FoundAsync(id, cancellationToken);
    }

    private async Task<Results<Ok<ReconciliationMatchAccount>, ProblemHttpResult>> FoundAsync(long id, CancellationToken cancellationToken) =>
        await ReconciliationMatchAccount.FindAsync(id, reader, cancellationToken) is { } match ? TypedResults.Ok(match) : ReconciliationMatch.NotFound(id);

    private async Task<Results<Ok<ReconciliationDifference>, ProblemHttpResult>> SettleAsync(
        long id, bool isResolved, ReconciliationNote request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var query = new RowQuery<Settled>("pipeline.decide_difference(@id, @resolved, @by, @note, @now)").With("id", id).With("resolved", isResolved).With("note", request.Checked());
        return await DecideAsync(query, user, cancellationToken) switch
        {
            null => ReconciliationDifference.NotFound(id),
            { Outcome: "done" } when await ReconciliationDifference.FindAsync(id, reader, clock, cancellationToken) is { } difference => TypedResults.Ok(difference),
            var settled => Problem.Of(
                StatusCodes.Status409Conflict, string.Create(CultureInfo.InvariantCulture, $"Difference {id} is {settled.Detail}."), ("difference_status", settled.Detail)),
        };
    }

    private Task<T?> DecideAsync<T>(RowQuery<T> query, ClaimsPrincipal user, CancellationToken cancellationToken)
        where T : class =>
        reader.FindAsync(query.With("by", user.Identity?.Name ?? "").With("now", clock.GetUtcNow().UtcDateTime), cancellationToken);

    /// <summary>What a decision did.</summary>
    /// <param name="Outcome">done, or why not.</param>
    /// <param name="Detail">What is in the way.</param>
    /// <param name="MatchId">The match.</param>
    private sealed record Decided(string Outcome, string? Detail, long? MatchId);

    /// <summary>What a decision about a difference did.</summary>
    /// <param name="Outcome">done, or decided.</param>
    /// <param name="Detail">Its status.</param>
    private sealed record Settled(string Outcome, string? Detail);
}
