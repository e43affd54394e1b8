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

namespace Payments.Api.Lists;

/// <summary>A rule that does not count for somebody.</summary>
/// <param name="SuppressionId">Its id.</param>
/// <param name="RuleCode">The rule.</param>
/// <param name="PartyKind">customer, merchant or country (its customers).</param>
/// <param name="Party">The id, or the country in capitals.</param>
/// <param name="Reason">Why.</param>
/// <param name="Author">Whose it is.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="ExpiresAt">The rule counts again from then on, UTC; null: never.</param>
/// <param name="RemovedAt">When somebody ended it, UTC.</param>
/// <param name="RemovedBy">Who.</param>
/// <param name="IsActive">Whether it counts now.</param>
internal sealed record Suppression(
    long SuppressionId,
    string RuleCode,
    string PartyKind,
    string Party,
    string Reason,
    string Author,
    DateTime CreatedAt,
    DateTime? ExpiresAt,
    DateTime? RemovedAt,
    string? RemovedBy,
    bool IsActive) : IExample<Suppression>
{
    /// <inheritdoc/>
    public static Suppression Example { get; } = new(
        5, "NIGHT", "merchant", "MERCH-007", "a night shop", "anna", new(2026, 1, 31, 9, 12, 0, DateTimeKind.Utc), new(2026, 7, 31, 0, 0, 0, DateTimeKind.Utc), null, null, true);

    /// <summary>Suppressions of rules.</summary>
    /// <remarks>Newest first, those that ended too. Complete and streamed; <c>limit</c> pages it, and the Link header leads on.</remarks>
    public static RowStream<Suppression> List(
        TimeProvider clock,
        [FromQuery(Name = "rule_code"), Description("Only those of this rule.")] string? ruleCode,
        [FromQuery(Name = "party_kind"), Description("Only those of this kind."), AllowedValues("customer", "merchant", "country")] string? kind,
        [FromQuery(Name = "party"), Description("Only those of this id, or of this country in capitals.")] string? party,
        [FromQuery(Name = "active"), Description("true: only those that count now; false: only those that ended.")] bool? active,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after) =>
        new(Query(clock, ruleCode, kind, party, active), limit, after);

    /// <summary>One suppression.</summary>
    /// <remarks>Also when it has ended.</remarks>
    public static async Task<Results<Ok<Suppression>, ProblemHttpResult>> GetAsync(
        [Description("The suppression's id.")] long id, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        await FindAsync(id, reader, clock, cancellationToken) is { } suppression ? TypedResults.Ok(suppression) : NotFound(id);

    /// <summary>Suppresses a rule for a party.</summary>
    /// <remarks>From the next batch on the rule does not count for that customer, that merchant or the customers of that country.</remarks>
    public static async Task<Results<Created<Suppression>, ProblemHttpResult>> PostAsync(
        SuppressionRequest request, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var ruleCode = RequestTexts.RequireLine("rule_code", request.RuleCode, 50);
        request.Check(now);
        if (await RuleRow.FindAsync(ruleCode, reader, clock, cancellationToken) is null)
        {
            throw new InvalidParameterException("rule_code", "is not the code of a rule; GET /api/rules lists them");
        }

        var added = await reader.FindAsync(
            new RowQuery<AddedId>("pipeline.add_suppression(@rule, @kind, @party, @reason, @expires, @by, @now) as added (id)")
                .With("rule", ruleCode)
                .With("kind", request.PartyKind)
                .With("party", request.StoredParty())
                .With("reason", request.Reason!.Trim())
                .With("expires", request.ExpiresAt?.UtcDateTime)
                .With("by", user.Identity?.Name)
                .With("now", now.UtcDateTime),
            cancellationToken);
        return added?.Id is { } id
            ? TypedResults.Created(string.Create(CultureInfo.InvariantCulture, $"/api/suppressions/{id}"), await FindAsync(id, reader, clock, cancellationToken))
            : Problem.Of(StatusCodes.Status409Conflict, $"The rule is suppressed for this {request.PartyKind}: GET /api/suppressions?rule_code={ruleCode} shows it; delete that first.");
    }

    /// <summary>Ends a suppression.</summary>
    /// <remarks>The rule counts again from the next batch on. The answer is the suppression as it stays, as history.</remarks>
    public static async Task<Results<Ok<Suppression>, ProblemHttpResult>> DeleteAsync(
        [Description("The suppression's id.")] long id, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        await reader.FindAsync(
            new RowQuery<Removal>("pipeline.remove_suppression(@id, @by, @now) as removed (is_removed)")
                .With("id", id)
                .With("by", user.Identity?.Name)
                .With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken);
        return await FindAsync(id, reader, clock, cancellationToken) is { } suppression ? TypedResults.Ok(suppression) : NotFound(id);
    }

    private static Task<Suppression?> FindAsync(long id, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        reader.FindAsync(Query(clock, null, null, null, null).Where("suppression_id = @id").With("id", id), cancellationToken);

    private static ProblemHttpResult NotFound(long id) => Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"suppression {id}"));

    private static RowQuery<Suppression> Query(TimeProvider clock, string? ruleCode, string? kind, string? party, bool? active) =>
        new RowQuery<Suppression>("pipeline.list_suppressions(@rule, @kind, @party, @active, @now)", new OrderColumn("suppression_id", Descending: true))
            .With("rule", ruleCode)
            .With("kind", kind)
            .With("party", party)
            .With("active", active)
            .With("now", clock.GetUtcNow().UtcDateTime);
}
