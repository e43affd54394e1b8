using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Calendars;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Reading;

namespace Payments.Api.Settlements;

/// <summary>When a payment at an instant is to be paid out, and why then.</summary>
/// <param name="MerchantId">The merchant.</param>
/// <param name="TransactionDate">The instant, UTC.</param>
/// <param name="IsSettled">false: we do not settle this merchant, or not that day.</param>
/// <param name="TermsId">The terms that it follows from; null: those of a merchant without any.</param>
/// <param name="LocalTime">The instant in the terms' time zone.</param>
/// <param name="ProcessingDay">The day to which it belongs by time zone and cut-off.</param>
/// <param name="PeriodStart">First day of the settlement's period.</param>
/// <param name="PeriodEnd">First day after it.</param>
/// <param name="ExpectedSettlementDate">The day on which it is due.</param>
/// <param name="Reasons">Why, step by step.</param>
internal sealed record ExpectedDate(
    string MerchantId,
    DateTime TransactionDate,
    bool IsSettled,
    long? TermsId,
    string LocalTime,
    DateOnly ProcessingDay,
    DateOnly PeriodStart,
    DateOnly PeriodEnd,
    DateOnly ExpectedSettlementDate,
    IReadOnlyList<string> Reasons) : IExample<ExpectedDate>
{
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public static ExpectedDate Example { get; } = new(
        "MERCH-007", new(2026, 4, 1, 20, 30, 0, DateTimeKind.Utc), true, 4, "2026-04-01 22:30", new(2026, 4, 2), new(2026, 4, 2), new(2026, 4, 3), new(2026, 4, 8),
        [
            "2026-04-01 22:30 in Europe/Berlin is not before the cut-off at 22:00: processing day 2026-04-02.",
            "Paid daily: the period is 2026-04-02.",
            "2 business days of TARGET2 after 2026-04-02: 2026-04-08.",
            "Holidays in between: 2026-04-03 Good Friday, 2026-04-06 Easter Monday.",
        ]);

    /// <summary>When a payment would be paid out.</summary>
    /// <remarks>The processing day, the period and the expected date of a payment of a merchant at an instant, by the terms that hold then, and why. A payment that comes when its settlement is paid already goes to the next open one.</remarks>
    public static async Task<Results<Ok<ExpectedDate>, ProblemHttpResult>> GetAsync(
        [FromQuery(Name = "merchant_id"), Description("The merchant.")] string merchantId,
        [FromQuery(Name = "transaction_date"), Description("When the payment happens: an instant of the years 2000 to 2098 with its offset, for example 2026-01-31T14:03:27Z.")] string transactionDate,
        Reader reader,
        CancellationToken cancellationToken)
    {
        // A plus sign in a query is a space, unless it is escaped; nobody means one there.
        if (!DateTimeOffset.TryParseExact(
                transactionDate.Replace(' ', '+'), ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            || !(transactionDate[^1] is 'Z' || transactionDate[^6..].AsSpan().IndexOfAny('+', '-', ' ') == 0)
            || instant < Earliest || instant >= Latest)
        {
            throw new InvalidParameterException("transaction_date", "must be an instant of the years 2000 to 2098 with its offset, for example 2026-01-31T14:03:27Z");
        }

        if (await MerchantRow.FindAsync(merchantId, reader, cancellationToken) is not { } merchant) return MerchantRow.NotFound(merchantId);

        var placed = (await reader.FindAsync(
            new RowQuery<Placed>("pipeline.find_expected_settlement(@merchant, @at)").With("merchant", merchantId).With("at", instant.UtcDateTime),
            cancellationToken))!;
        var last = placed.PeriodEnd.AddDays(-1);
        var said = placed.Calendar is { } calendar
            ? await reader.StreamAsync(CalendarYear.DaysOf(calendar, last.AddDays(1), placed.ExpectedSettlementDate.AddDays(1)), cancellationToken).ToListAsync(cancellationToken)
            : [];
        var isSettled = merchant.SettlesFrom <= placed.ProcessingDay;
        return TypedResults.Ok(new ExpectedDate(
            merchantId,
            instant.UtcDateTime,
            isSettled,
            placed.TermsId,
            placed.LocalTime,
            placed.ProcessingDay,
            placed.PeriodStart,
            placed.PeriodEnd,
            placed.ExpectedSettlementDate,
            [.. Why(placed, last, said, isSettled ? null : merchant.SettlesFrom, isSettled)]));
    }

    private static IEnumerable<string> Why(Placed placed, DateOnly last, List<CalendarDay> said, DateOnly? settlesFrom, bool isSettled)
    {
        if (!isSettled)
        {
            yield return settlesFrom is { } from ? $"We settle this merchant from {Text(from)} on: this payment is not settled." : "We do not settle this merchant: settles_from is empty.";
        }

        if (placed.TermsId is null)
        {
            yield return "No terms hold for the merchant then: daily, two calendar days later, by UTC days.";
        }

        yield return placed.CutOff is not { } cutOff
            ? $"{placed.LocalTime} in {placed.TimeZone}: processing day {Text(placed.ProcessingDay)}."
            : string.CompareOrdinal(placed.LocalTime[^5..], cutOff) < 0
                ? $"{placed.LocalTime} in {placed.TimeZone} is before the cut-off at {cutOff}: processing day {Text(placed.ProcessingDay)}."
                : $"{placed.LocalTime} in {placed.TimeZone} is not before the cut-off at {cutOff}: processing day {Text(placed.ProcessingDay)}.";
        yield return placed.PeriodStart == last
            ? $"Paid {placed.Cycle}: the period is {Text(last)}."
            : $"Paid {placed.Cycle}: the period is {Text(placed.PeriodStart)} to {Text(last)}.";
        var due = last.AddDays(placed.DelayDays);
        yield return (placed.DelayKind, placed.Calendar) switch
        {
            ("business", { } calendar) => $"{placed.DelayDays} business days of {calendar} after {Text(last)}: {Text(placed.ExpectedSettlementDate)}.",
            ("business", null) => $"{placed.DelayDays} business days (Monday to Friday) after {Text(last)}: {Text(placed.ExpectedSettlementDate)}.",
            (_, { } calendar) when due != placed.ExpectedSettlementDate => $"{placed.DelayDays} days after {Text(last)} is {Text(due)}, which is closed in {calendar}; the next business day is {Text(placed.ExpectedSettlementDate)}.",
            _ => $"{placed.DelayDays} days after {Text(last)}: {Text(placed.ExpectedSettlementDate)}.",
        };
        var holidays = said.Where(day => !day.IsBusinessDay).Select(day => $"{Text(day.Day)} {day.Name}").ToList();
        if (holidays.Count > 0) yield return $"Holidays in between: {string.Join(", ", holidays)}.";
        var exceptions = said.Where(day => day.IsBusinessDay).Select(day => $"{Text(day.Day)} {day.Name}").ToList();
        if (exceptions.Count > 0) yield return $"Open by exception: {string.Join(", ", exceptions)}.";
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed record Placed(
        long? TermsId,
        string Cycle,
        int DelayDays,
        string DelayKind,
        string? Calendar,
        string TimeZone,
        string? CutOff,
        string LocalTime,
        DateOnly ProcessingDay,
        DateOnly PeriodStart,
        DateOnly PeriodEnd,
        DateOnly ExpectedSettlementDate);
}
