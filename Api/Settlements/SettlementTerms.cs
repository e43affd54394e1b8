using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Calendars;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Settlements;

/// <summary>When and how a merchant is paid.</summary>
/// <param name="TermsId">Its id.</param>
/// <param name="MerchantId">The merchant.</param>
/// <param name="ValidFrom">First processing day.</param>
/// <param name="ValidUntil">First processing day on which they no longer hold; null: until later terms begin.</param>
/// <param name="EndsOn">The same, later terms considered; null: open.</param>
/// <param name="Cycle">daily, weekly or monthly.</param>
/// <param name="WeekDay">Of a weekly cycle the last day of the period, 1 Monday to 7 Sunday.</param>
/// <param name="DelayDays">Days from the last day of the period to the expected date.</param>
/// <param name="DelayKind">calendar: rolled to the next business day where there is a calendar; business: counted in business days.</param>
/// <param name="Calendar">Whose business days; null: none, and business days are Monday to Friday.</param>
/// <param name="TimeZone">In which days begin and end.</param>
/// <param name="CutOff">Local time, HH:mm, from which on a payment belongs to the next processing day; null: midnight.</param>
/// <param name="ReservePercent">Of the total of each settlement, held back.</param>
/// <param name="ReserveDays">Days from the end of the period until it is released.</param>
/// <param name="Author">Who agreed on them.</param>
/// <param name="CreatedAt">UTC.</param>
internal sealed record SettlementTerms(
    long TermsId,
    string MerchantId,
    DateOnly ValidFrom,
    DateOnly? ValidUntil,
    DateOnly? EndsOn,
    string Cycle,
    int? WeekDay,
    int DelayDays,
    string DelayKind,
    string? Calendar,
    string TimeZone,
    string? CutOff,
    decimal ReservePercent,
    int ReserveDays,
    string Author,
    DateTime CreatedAt) : IExample<SettlementTerms>
{
    /// <inheritdoc/>
    public static SettlementTerms Example { get; } = new(
        4, "MERCH-007", new(2026, 2, 1), null, null, "weekly", 7, 2, "business", "TARGET2", "Europe/Berlin", "22:00", 5m, 90, "anna", new(2026, 1, 20, 9, 12, 0, DateTimeKind.Utc));

    /// <summary>The settlement terms of a merchant.</summary>
    /// <remarks>Latest first, those that are over and those to come too. On days without terms a merchant is paid daily, two calendar days later, by UTC days, and nothing is held back. Complete and streamed; <c>limit</c> pages it, and the Link header leads on.</remarks>
    [ProducesResponseType<IEnumerable<SettlementTerms>>(StatusCodes.Status200OK, "application/json")]
    public static async Task<IResult> ListAsync(
        [Description("The merchant.")] string id,
        Reader reader,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        CancellationToken cancellationToken) =>
        await MerchantRow.FindAsync(id, reader, cancellationToken) is null ? MerchantRow.NotFound(id) : new RowStream<SettlementTerms>(Query(id), limit, after);

    /// <summary>Agrees on settlement terms.</summary>
    /// <remarks>From a processing day on, which no settlement covers yet: 409 names the first such day. They end earlier ones for good; terms from the same day are replaced, since nothing has been settled by them.</remarks>
    public static async Task<Results<Created<SettlementTerms>, ProblemHttpResult>> PostAsync(
        [Description("The merchant.")] string id,
        TermsRequest request,
        Reader reader,
        TimeProvider clock,
        ClaimsPrincipal user,
        CancellationToken cancellationToken)
    {
        request.Check();
        if (await MerchantRow.FindAsync(id, reader, cancellationToken) is null) return MerchantRow.NotFound(id);
        if (request.Calendar is { } calendar && await CalendarRow.FindAsync(calendar, reader, cancellationToken) is null)
        {
            throw new InvalidParameterException("calendar", "is not the code of a calendar; GET /api/calendars lists them");
        }

        var outcome = await reader.FindAsync(
            new RowQuery<Outcome>(
                "pipeline.set_terms(@id, @from, @until, @cycle, @week_day, @delay_days, @delay_kind, @calendar, @zone, @cut_off, @percent, @reserve_days, @note, @by, @now)")
                .With("id", id)
                .With("from", request.ValidFrom)
                .With("until", request.ValidUntil)
                .With("cycle", request.Cycle)
                .With("week_day", request.WeekDay)
                .With("delay_days", request.DelayDays)
                .With("delay_kind", request.DelayKind)
                .With("calendar", request.Calendar)
                .With("zone", request.TimeZone)
                .With("cut_off", request.CutOff)
                .With("percent", request.ReservePercent)
                .With("reserve_days", request.ReserveDays)
                .With("note", request.Note)
                .With("by", user.Identity?.Name)
                .With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken);
        return outcome switch
        {
            { RefusedFor: "time_zone" } => throw new InvalidParameterException("time_zone", "is no time zone that the database knows: give an IANA name, for example Europe/Berlin"),
            { RefusedFor: not null } => Problem.Of(
                StatusCodes.Status409Conflict,
                string.Create(CultureInfo.InvariantCulture, $"valid_from must be {outcome.FreeFrom:yyyy-MM-dd} or later: the days before are settled, and settled periods do not change."),
                ("parameter", "valid_from"),
                ("free_from", outcome.FreeFrom)),
            _ => TypedResults.Created(
                $"/api/merchants/{Uri.EscapeDataString(id)}/settlement-terms",
                await reader.FindAsync(Query(id).Where("terms_id = @terms").With("terms", outcome!.TermsId), cancellationToken)),
        };
    }

    private static RowQuery<SettlementTerms> Query(string merchantId) =>
        new RowQuery<SettlementTerms>("pipeline.list_merchant_terms(@merchant)", new OrderColumn("valid_from", Descending: true)).With("merchant", merchantId);

    private sealed record Outcome(long? TermsId, string? RefusedFor, DateOnly? FreeFrom);
}
