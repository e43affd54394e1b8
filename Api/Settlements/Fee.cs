using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Payments.Api.Docs;
using Payments.Api.Problems;
using Payments.Api.Reading;
using Payments.Pipeline;

namespace Payments.Api.Settlements;

/// <summary>What a merchant pays for a payment: the greater of amount x percent / 100 + fixed amount and minimum.</summary>
/// <param name="FeeId">Its id.</param>
/// <param name="MerchantId">The merchant.</param>
/// <param name="PaymentMethod">Null: every method, and payments without one.</param>
/// <param name="Currency">ISO 4217; null: every currency.</param>
/// <param name="Percent">Of the amount.</param>
/// <param name="FixedAmount">Per payment.</param>
/// <param name="MinimumAmount">At least this much per payment.</param>
/// <param name="ValidFrom">First processing day.</param>
/// <param name="ValidUntil">First processing day on which it no longer holds; null: until a later one of its method and currency.</param>
/// <param name="EndsOn">The same, later ones considered; null: open.</param>
/// <param name="Author">Who agreed on it.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="UpdatedAt">When it was ended, or made, UTC.</param>
internal sealed record Fee(
    long FeeId,
    string MerchantId,
    string? PaymentMethod,
    string? Currency,
    decimal Percent,
    [property: Money] decimal FixedAmount,
    [property: Money] decimal MinimumAmount,
    DateOnly ValidFrom,
    DateOnly? ValidUntil,
    DateOnly? EndsOn,
    string Author,
    DateTime CreatedAt,
    DateTime UpdatedAt) : IInCurrency, IExample<Fee>
{
    /// <inheritdoc/>
    public static Fee Example { get; } = new(
        9, "MERCH-007", "CREDIT_CARD", "USD", 1.9m, 0.30m, 0.50m, new(2026, 2, 1), null, null, "anna", new(2026, 1, 20, 9, 12, 0, DateTimeKind.Utc), new(2026, 1, 20, 9, 12, 0, DateTimeKind.Utc));

    /// <inheritdoc/>
    string IInCurrency.Currency => Currency ?? "";

    /// <summary>The fees of a merchant.</summary>
    /// <remarks>Latest first, those that are over and those to come too. Of those that hold for a payment the most specific counts: of method and currency, of the method, of the currency, of neither; without any the merchant's commission rate. Complete and streamed; <c>limit</c> pages it, and the Link header leads on.</remarks>
    [ProducesResponseType<IEnumerable<Fee>>(StatusCodes.Status200OK, "application/json")]
    public static async Task<IResult> ListAsync(
        [Description("The merchant.")] string id,
        Reader reader,
        [FromQuery(Name = "on"), Description("Only fees that hold on this processing day.")] DateOnly? on,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        CancellationToken cancellationToken)
    {
        if (await MerchantRow.FindAsync(id, reader, cancellationToken) is null) return MerchantRow.NotFound(id);
        var query = Query(id);
        if (on is not null) query.Where("valid_from <= @on and coalesce(ends_on, 'infinity') > @on").With("on", on);
        return new RowStream<Fee>(query, limit, after);
    }

    /// <summary>Agrees on a fee.</summary>
    /// <remarks>From a processing day on, which nothing COMPLETED covers yet: 409 names the first such day, since what is paid never changes. It ends an earlier fee of the same method and currency for good. PENDING settlements of days that it covers follow at <c>POST /api/settlements/recompute</c>.</remarks>
    public static async Task<Results<Created<Fee>, ProblemHttpResult>> PostAsync(
        [Description("The merchant.")] string id,
        FeeRequest request,
        Reader reader,
        NpgsqlDataSource database,
        TimeProvider clock,
        ClaimsPrincipal user,
        CancellationToken cancellationToken)
    {
        request.Check(await Currencies.LoadAsync(database, cancellationToken));
        if (await MerchantRow.FindAsync(id, reader, cancellationToken) is null) return MerchantRow.NotFound(id);

        var outcome = await reader.FindAsync(
            new RowQuery<Addition>("pipeline.add_fee(@id, @method, @currency, @percent, @fixed, @minimum, @from, @until, @note, @by, @now)")
                .With("id", id)
                .With("method", request.PaymentMethod)
                .With("currency", request.Currency)
                .With("percent", request.Percent)
                .With("fixed", request.FixedAmount)
                .With("minimum", request.MinimumAmount)
                .With("from", request.ValidFrom)
                .With("until", request.ValidUntil)
                .With("note", request.Note)
                .With("by", user.Identity?.Name)
                .With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken);
        return outcome switch
        {
            { RefusedFor: "taken" } => Problem.Of(
                StatusCodes.Status409Conflict,
                $"valid_from is taken: there is a fee of this method and currency from that day on; GET /api/merchants/{id}/fees shows it. Take a later day, or remove that one.",
                ("parameter", "valid_from")),
            { RefusedFor: not null } => Refused("valid_from", outcome.FreeFrom, "what is paid for the days before was computed with the fees of then, and never changes"),
            _ => TypedResults.Created(
                $"/api/merchants/{Uri.EscapeDataString(id)}/fees", await FindAsync(id, outcome!.FeeId!.Value, reader, cancellationToken)),
        };
    }

    /// <summary>Ends a fee.</summary>
    /// <remarks>On the day given, which nothing COMPLETED covers yet: 409 names the first such day. A fee that ends before it begins, and has priced nothing, is removed. PENDING settlements of days that it covered follow at <c>POST /api/settlements/recompute</c>. The answer is the fee as it then is, or was.</remarks>
    public static async Task<Results<Ok<Fee>, ProblemHttpResult>> DeleteAsync(
        [Description("The merchant.")] string id,
        [FromRoute(Name = "fee_id"), Description("The fee.")] long feeId,
        Reader reader,
        TimeProvider clock,
        ClaimsPrincipal user,
        [FromQuery(Name = "ends_on"), Description("First processing day on which it no longer holds; tomorrow (UTC) without it.")] DateOnly? endsOn,
        CancellationToken cancellationToken)
    {
        if (endsOn is { } day) Validity.CheckDay("ends_on", day);
        var now = clock.GetUtcNow().UtcDateTime;
        var before = await FindAsync(id, feeId, reader, cancellationToken);
        var outcome = before is null ? null : await reader.FindAsync(
            new RowQuery<Ending>("pipeline.end_fee(@id, @fee, @on, @by, @now)")
                .With("id", id)
                .With("fee", feeId)
                .With("on", endsOn ?? DateOnly.FromDateTime(now).AddDays(1))
                .With("by", user.Identity?.Name)
                .With("now", now),
            cancellationToken);
        return outcome switch
        {
            null or { RefusedFor: "unknown" } => Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"fee {feeId} of a merchant {id}")),
            { RefusedFor: "ended" } => Problem.Of(
                StatusCodes.Status409Conflict,
                string.Create(CultureInfo.InvariantCulture, $"The fee ends on {outcome.FreeFrom:yyyy-MM-dd} already; ends_on may only be an earlier day."),
                ("parameter", "ends_on")),
            { RefusedFor: "settled" } => Refused("ends_on", outcome.FreeFrom, "payments are settled by it, so it cannot be removed"),
            { RefusedFor: not null } => Refused("ends_on", outcome.FreeFrom, "what is paid for the days before was computed with it, and never changes"),
            _ => TypedResults.Ok(await FindAsync(id, feeId, reader, cancellationToken) ?? before),
        };
    }

    private static Task<Fee?> FindAsync(string merchantId, long feeId, Reader reader, CancellationToken cancellationToken) =>
        reader.FindAsync(Query(merchantId).Where("fee_id = @fee").With("fee", feeId), cancellationToken);

    private static ProblemHttpResult Refused(string parameter, DateOnly? freeFrom, string why) => Problem.Of(
        StatusCodes.Status409Conflict,
        string.Create(CultureInfo.InvariantCulture, $"{parameter} must be {freeFrom:yyyy-MM-dd} or later: {why}."),
        ("parameter", parameter),
        ("free_from", freeFrom));

    private static RowQuery<Fee> Query(string merchantId) =>
        new RowQuery<Fee>("pipeline.list_merchant_fees(@merchant)", new OrderColumn("valid_from", Descending: true), new OrderColumn("fee_id", Descending: true)).With("merchant", merchantId);

    private sealed record Addition(long? FeeId, string? RefusedFor, DateOnly? FreeFrom);

    private sealed record Ending(bool? IsDone, string? RefusedFor, DateOnly? FreeFrom);
}
