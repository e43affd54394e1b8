using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Sla;

/// <summary>What is promised about settlements.</summary>
/// <param name="PolicyId">Newer ones have larger numbers; of two alike the newer one counts.</param>
/// <param name="MerchantId">Whose settlements; null: of every merchant without a policy of its own.</param>
/// <param name="Currency">Settlements in which currency; null: in every one.</param>
/// <param name="PolicyName">What it is called.</param>
/// <param name="ValidFrom">First expected date that it goes for.</param>
/// <param name="ValidUntil">First expected date that it no longer goes for; null: for good.</param>
/// <param name="WarningDays">So many days before the expected date an unpaid settlement is warned of; null: only one whose payout has failed.</param>
/// <param name="WarningDayKind">calendar or business days.</param>
/// <param name="EscalationDays">It escalates when it is so many days late; null: never.</param>
/// <param name="EscalationDayKind">calendar or business days.</param>
/// <param name="PenaltyBasis">none; percent of the net amount per day late; fixed: an amount per day late, in the policy's currency.</param>
/// <param name="PenaltyDayKind">calendar or business days.</param>
/// <param name="PenaltyTiers">from_day (late) and rate of each day from then on; one tier from day 1 is a penalty per day.</param>
/// <param name="PenaltyCap">Most that it comes to: percent of the net amount, or an amount; null: no end.</param>
/// <param name="TargetShare">Percent of settlements that are to be paid in time.</param>
/// <param name="Author">Who made it.</param>
/// <param name="Note">Why.</param>
/// <param name="CreatedAt">UTC.</param>
internal sealed record SlaPolicy(
    long PolicyId,
    string? MerchantId,
    string? Currency,
    string PolicyName,
    DateOnly ValidFrom,
    DateOnly? ValidUntil,
    int? WarningDays,
    string WarningDayKind,
    int? EscalationDays,
    string EscalationDayKind,
    string PenaltyBasis,
    string PenaltyDayKind,
    JsonElement PenaltyTiers,
    decimal? PenaltyCap,
    decimal TargetShare,
    string Author,
    string? Note,
    DateTime CreatedAt) : IExample<SlaPolicy>
{
    /// <inheritdoc/>
    public static SlaPolicy Example { get; } = new(
        1, null, null, "Default", new(2000, 1, 1), null, null, "calendar", 3, "calendar", "percent", "calendar",
        JsonElement.Parse("""[{"from_day":1,"rate":0.05},{"from_day":8,"rate":0.1}]"""), 5, 95, "system", "Shipped", new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));

    /// <summary>SLA policies.</summary>
    /// <remarks>Newest first, those that have ended too. For a settlement counts the one that covers its expected date: of merchant and currency, else of the merchant, else of the currency, else of neither; of two alike the newer one. Complete and streamed; <c>limit</c> pages it, and the Link header leads on.</remarks>
    public static RowStream<SlaPolicy> List(
        [FromQuery(Name = "merchant_id"), Description("Only the merchant's own policies.")] string? merchantId,
        [FromQuery(Name = "currency"), Description("Only policies for settlements in this currency.")] string? currency,
        [FromQuery(Name = "valid_on"), Description("Only policies that cover this day.")] DateOnly? validOn,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after)
    {
        var query = Query();
        if (merchantId is not null) query.Where("merchant_id = @merchant").With("merchant", merchantId);
        if (currency is not null) query.Where("currency = @currency").With("currency", currency);
        if (validOn is not null) query.Where("valid_from <= @day and (valid_until is null or valid_until > @day)").With("day", validOn);
        return new(query, limit, after);
    }

    /// <summary>One SLA policy.</summary>
    /// <remarks>Also when it has ended.</remarks>
    public static async Task<Results<Ok<SlaPolicy>, ProblemHttpResult>> GetAsync([Description("The policy's id.")] long id, Reader reader, CancellationToken cancellationToken) =>
        await FindAsync(id, reader, cancellationToken) is { } policy ? TypedResults.Ok(policy) : NotFound(id);

    /// <summary>Adds an SLA policy.</summary>
    /// <remarks>It goes for settlements expected within its validity, before older ones of the same scope; incidents that have begun keep theirs. Audited. 409 where the newest policy of merchant and currency says just the same: <c>policy_id</c> tells which, and a request that was sent twice has made one.</remarks>
    public static async Task<Results<Created<SlaPolicy>, ProblemHttpResult>> PostAsync(
        SlaPolicyRequest request, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        await request.CheckAsync(reader, cancellationToken);
        var added = await reader.FindAsync(request.Add(user.Identity?.Name, clock.GetUtcNow().UtcDateTime), cancellationToken);
        if (added is null) throw new InvalidParameterException("merchant_id", "is no merchant; leave it out for a policy of all");
        var path = string.Create(CultureInfo.InvariantCulture, $"/api/sla/policies/{added.Id}");
        return added.IsNew
            ? TypedResults.Created(path, await FindAsync(added.Id, reader, cancellationToken))
            : Problem.Of(StatusCodes.Status409Conflict, $"There is such a policy already, and none after it for this merchant and currency: GET {path} shows it.", ("policy_id", added.Id));
    }

    /// <summary>Ends an SLA policy.</summary>
    /// <remarks>It no longer goes for settlements expected on <c>valid_until</c> or later; incidents that have begun keep it. 409 when it begins on that day or later. Audited.</remarks>
    public static async Task<Results<Ok<SlaPolicy>, ProblemHttpResult>> EndAsync(
        [Description("The policy's id.")] long id, SlaPolicyEnd request, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var until = SlaPolicyRequest.Day("valid_until", request.ValidUntil, isRequired: true);
        RequestTexts.CheckNote("note", request.Note);
        var ended = await reader.FindAsync(
            new RowQuery<Ended>("pipeline.end_sla_policy(@id, @until, @note, @by, @now) as ended (is_ended)")
                .With("id", id)
                .With("until", until)
                .With("note", request.Note)
                .With("by", user.Identity?.Name ?? "")
                .With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken);
        return ended?.IsEnded switch
        {
            null => NotFound(id),
            false => Problem.Of(StatusCodes.Status409Conflict, "The policy begins on that day or later: give a later valid_until."),
            true => TypedResults.Ok((await FindAsync(id, reader, cancellationToken))!),
        };
    }

    /// <summary>The policy of an id, or null.</summary>
    public static Task<SlaPolicy?> FindAsync(long id, Reader reader, CancellationToken cancellationToken) =>
        reader.FindAsync(Query().Where("policy_id = @id").With("id", id), cancellationToken);

    private static ProblemHttpResult NotFound(long id) => Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"SLA policy {id}; GET /api/sla/policies lists them"));

    private static RowQuery<SlaPolicy> Query() => new("pipeline.list_sla_policies()", new OrderColumn("policy_id", Descending: true));

    private sealed record Ended(bool? IsEnded);
}

/// <summary>A policy that was added, or one that says the same.</summary>
internal sealed record AddedPolicy(long Id, bool IsNew);
