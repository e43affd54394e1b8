using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Settlements;

/// <summary>What a merchant is paid for a period, in a currency.</summary>
/// <param name="SettlementId">The settlement.</param>
/// <param name="MerchantId">Who is paid.</param>
/// <param name="MerchantName">The merchant's name.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="PeriodStart">First processing day of the period.</param>
/// <param name="PeriodEnd">First day after the period.</param>
/// <param name="Status">PENDING: open, and computed anew as payments arrive; COMPLETED: paid, and never changed; FAILED: a payout failed.</param>
/// <param name="ExpectedSettlementDate">The day by which it is due, by the merchant's terms and calendar.</param>
/// <param name="SettlementDate">The day on which it was paid; null while it is not.</param>
/// <param name="DaysDelayed">Days from due to paid, or to today (UTC); 0 if it is in time.</param>
/// <param name="IsBreach">It was paid, or waits, longer than it should.</param>
/// <param name="PaymentCount">Its payments.</param>
/// <param name="TotalAmount">Their sum.</param>
/// <param name="CommissionAmount">Their fees, rounded once.</param>
/// <param name="AdjustmentAmount">Refunds and chargebacks, reserve and balances carried; negative: less for the merchant.</param>
/// <param name="ReserveAmount">Of that, reserve: held is negative, released positive.</param>
/// <param name="CarriedAmount">Of that, balance: carried in is negative, carried out positive.</param>
/// <param name="NetAmount">What the merchant gets: total - commission + adjustment.</param>
/// <param name="TermsId">The terms it follows; null: those of a merchant without any.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="UpdatedAt">UTC.</param>
internal sealed record Settlement(
    string SettlementId,
    string MerchantId,
    string MerchantName,
    string Currency,
    DateOnly PeriodStart,
    DateOnly PeriodEnd,
    string Status,
    DateOnly ExpectedSettlementDate,
    DateOnly? SettlementDate,
    int DaysDelayed,
    bool IsBreach,
    long PaymentCount,
    [property: Money] decimal TotalAmount,
    [property: Money] decimal CommissionAmount,
    [property: Money] decimal AdjustmentAmount,
    [property: Money] decimal ReserveAmount,
    [property: Money] decimal CarriedAmount,
    [property: Money] decimal NetAmount,
    long? TermsId,
    DateTime CreatedAt,
    DateTime UpdatedAt) : IInCurrency, IExample<Settlement>
{
    private const string CsvHeader =
        "settlement_id,merchant_id,merchant_name,currency,period_start,period_end,status,expected_settlement_date,settlement_date,days_delayed,is_breach,payment_count,total_amount,commission_amount,adjustment_amount,reserve_amount,carried_amount,net_amount,terms_id,created_at,updated_at";

    /// <inheritdoc/>
    public static Settlement Example { get; } = new(
        "STL-20260128-USD-MERCH-007", "MERCH-007", "Example Books", "USD", new(2026, 1, 28), new(2026, 1, 29), "PENDING", new(2026, 1, 30), null, 4, true,
        31, 4_210.55m, 105.26m, -29.90m, 0m, 0m, 4_075.39m, null, new(2026, 1, 29, 0, 10, 0, DateTimeKind.Utc), new(2026, 1, 29, 0, 10, 0, DateTimeKind.Utc));

    /// <summary>The list as CSV.</summary>
    public static string CsvExample => CsvHeader + "\r\n" + Line(Example) + "\r\n";

    /// <summary>Settlements.</summary>
    /// <remarks>Newest period first; by what is given, all days included. Complete and streamed; <c>limit</c> pages it, and the Link header leads on. <c>format=csv</c> is safe to open in a spreadsheet.</remarks>
    [ProducesResponseType<IEnumerable<Settlement>>(StatusCodes.Status200OK, "application/json", "text/csv")]
    public static IResult List(
        TimeProvider clock,
        [FromQuery(Name = "merchant_id"), Description("Only those of this merchant.")] string? merchantId,
        [FromQuery(Name = "currency"), Description("Only those in this currency.")] string? currency,
        [FromQuery(Name = "status"), Description("Only those of this status."), AllowedValues("PENDING", "COMPLETED", "FAILED")] string? status,
        [FromQuery(Name = "breach"), Description("true: only those paid, or waiting, longer than they should; false: only others.")] bool? breach,
        [FromQuery(Name = "period_from"), Description("Only those whose period has this day or a later one.")] DateOnly? periodFrom,
        [FromQuery(Name = "period_to"), Description("Only those whose period has this day or an earlier one.")] DateOnly? periodTo,
        [FromQuery(Name = "expected_from"), Description("Only those due on this day or later.")] DateOnly? expectedFrom,
        [FromQuery(Name = "expected_to"), Description("Only those due on this day or earlier.")] DateOnly? expectedTo,
        [FromQuery(Name = "paid_from"), Description("Only those paid on this day or later.")] DateOnly? paidFrom,
        [FromQuery(Name = "paid_to"), Description("Only those paid on this day or earlier.")] DateOnly? paidTo,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "format"), Description("json or csv."), AllowedValues("json", "csv")] string format = "json")
    {
        return new RowStream<Settlement>(
            Query(clock)
                .With("merchant", merchantId)
                .With("currency", currency)
                .With("status", status)
                .With("breach", breach)
                .With("period_from", periodFrom)
                .With("period_to", periodTo)
                .With("expected_from", expectedFrom)
                .With("expected_to", expectedTo)
                .With("paid_from", paidFrom)
                .With("paid_to", paidTo),
            limit,
            after,
            format == "csv" ? WriteCsvAsync : null);
    }

    /// <summary>The settlement, or null when there is none of this id.</summary>
    public static Task<Settlement?> FindAsync(string id, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        reader.FindAsync(Query(clock).Where("settlement_id = @id").With("id", id), cancellationToken);

    /// <summary>404 for an unknown settlement.</summary>
    public static ProblemHttpResult NotFound(string id) => Problem.NotFound($"settlement {id}");

    // Ids begin with the day, so that their order is that of the periods, and the primary key's.
    private static RowQuery<Settlement> Query(TimeProvider clock)
    {
        var query = new RowQuery<Settlement>(
            "pipeline.list_settlements(@merchant, @currency, @status, @breach, @period_from, @period_to, @expected_from, @expected_to, @paid_from, @paid_to, @today)",
            new OrderColumn("settlement_id", Descending: true));
        foreach (var text in (string[])["merchant", "currency", "status"])
        {
            query.With(text, (string?)null);
        }

        foreach (var day in (string[])["period_from", "period_to", "expected_from", "expected_to", "paid_from", "paid_to"])
        {
            query.With(day, (DateOnly?)null);
        }

        return query.With("breach", (bool?)null).With("today", DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));
    }

    private static Task WriteCsvAsync(HttpResponse response, IAsyncEnumerable<Settlement> settlements) =>
        SafeCsv.WriteAsync(response, CsvHeader, settlements, Line);

    private static string Line(Settlement row) => string.Create(
        CultureInfo.InvariantCulture,
        $"{SafeCsv.Cell(row.SettlementId)},{SafeCsv.Cell(row.MerchantId)},{SafeCsv.Cell(row.MerchantName)},{row.Currency},{row.PeriodStart:yyyy-MM-dd},{row.PeriodEnd:yyyy-MM-dd},{row.Status},{row.ExpectedSettlementDate:yyyy-MM-dd},{row.SettlementDate:yyyy-MM-dd},{row.DaysDelayed},{(row.IsBreach ? "true" : "false")},{row.PaymentCount},{row.TotalAmount},{row.CommissionAmount},{row.AdjustmentAmount},{row.ReserveAmount},{row.CarriedAmount},{row.NetAmount},{row.TermsId},{row.CreatedAt:yyyy-MM-dd'T'HH:mm:ss'Z'},{row.UpdatedAt:yyyy-MM-dd'T'HH:mm:ss'Z'}");
}
