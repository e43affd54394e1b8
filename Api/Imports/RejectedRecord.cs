using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Imports;

/// <summary>A record that was refused.</summary>
/// <param name="RecordNumber">Its number in the file, from 1, the header not counted.</param>
/// <param name="LineNumber">The physical line where it starts, from 1.</param>
/// <param name="Reasons">Everything that is wrong with it, as codes.</param>
/// <param name="RawRecord">The record as it came; bad bytes and control characters escaped.</param>
/// <param name="RawIsCut">The record was longer than what is kept of it.</param>
internal sealed record RejectedRecord(
    long RecordNumber,
    long LineNumber,
    string[] Reasons,
    string RawRecord,
    bool RawIsCut) : IExample<RejectedRecord>
{
    private const string CsvHeader = "record_number,line_number,reasons,raw_record,raw_is_cut";

    /// <inheritdoc/>
    public static RejectedRecord Example { get; } = new(
        41, 42, ["currency.unknown"], "PAY-000123,CUST-0042,MERCH-007,129.90,XXY,CREDIT_CARD,SUCCESS,2026-01-31T14:03:27Z", false);

    /// <summary>The list as CSV.</summary>
    public static string CsvExample => CsvHeader + "\r\n41,42,\"currency.unknown\",\"PAY-000123,…\",false\r\n";

    /// <summary>Records that an import refused.</summary>
    /// <remarks>In the file's order, with every reason. Complete and streamed; <c>limit</c> pages it, and the Link header leads on. <c>format=csv</c> is safe to open in a spreadsheet.</remarks>
    [ProducesResponseType<IEnumerable<RejectedRecord>>(StatusCodes.Status200OK, "application/json", "text/csv")]
    public static async Task<IResult> ListAsync(
        [Description("The import.")] long id,
        Reader reader,
        TimeProvider clock,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        CancellationToken cancellationToken,
        [FromQuery(Name = "format"), Description("json or csv."), AllowedValues("json", "csv")] string format = "json")
    {
        if (await ImportAccount.FindAsync(id, reader, clock, cancellationToken) is null)
        {
            return ImportAccount.NotFound(id);
        }

        var query = new RowQuery<RejectedRecord>("pipeline.list_rejected_records(@id)", new OrderColumn("record_number")).With("id", id);
        return new RowStream<RejectedRecord>(query, limit, after, format == "csv" ? WriteCsvAsync : null);
    }

    private static Task WriteCsvAsync(HttpResponse response, IAsyncEnumerable<RejectedRecord> records) => SafeCsv.WriteAsync(
        response,
        CsvHeader,
        records,
        record => string.Create(
            CultureInfo.InvariantCulture,
            $"{record.RecordNumber},{record.LineNumber},{SafeCsv.Cell(string.Join(' ', record.Reasons))},{SafeCsv.Cell(record.RawRecord)},{(record.RawIsCut ? "true" : "false")}"));
}
