using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Quarantine;

/// <summary>A refused record and what became of it.</summary>
/// <param name="ImportId">The import that refused it first.</param>
/// <param name="RecordNumber">Its number in the file, from 1, the header not counted.</param>
/// <param name="LineNumber">The physical line where it starts, from 1.</param>
/// <param name="FileName">What the sender calls the file; null when it did not say.</param>
/// <param name="ContentSha256">SHA-256 of the file, lower-case hex; its name in the spool.</param>
/// <param name="Profile">The file's format.</param>
/// <param name="Status">open; replayed: taken since, or found to be in the store already; dismissed.</param>
/// <param name="Reasons">Everything that is wrong with it, as codes; as its newest replay found it.</param>
/// <param name="FirstReasons">What the import that refused it first found.</param>
/// <param name="RawRecord">The record as it came; bad bytes and control characters escaped.</param>
/// <param name="RawIsCut">The record was longer than what is kept of it.</param>
/// <param name="RefusedAt">UTC.</param>
/// <param name="ReplayImportId">Its newest replay, an import of its own; null when nobody asked for one.</param>
/// <param name="ReplayStatus">queued, running, completed, rejected or failed.</param>
/// <param name="HandledBy">Who asked for the newest replay, or dismissed it.</param>
/// <param name="HandledAt">UTC.</param>
/// <param name="Note">What they said about it.</param>
/// <param name="Corrections">Values that stood for its own in the newest replay.</param>
internal sealed record QuarantinedRecord(
    long ImportId,
    long RecordNumber,
    long LineNumber,
    string? FileName,
    string ContentSha256,
    string Profile,
    string Status,
    string[] Reasons,
    string[] FirstReasons,
    string RawRecord,
    bool RawIsCut,
    DateTime RefusedAt,
    long? ReplayImportId,
    string? ReplayStatus,
    string? HandledBy,
    DateTime? HandledAt,
    string? Note,
    JsonElement? Corrections) : IExample<QuarantinedRecord>
{
    private const string CsvHeader = "import_id,record_number,line_number,file_name,profile,status,reasons,raw_record,raw_is_cut,refused_at,handled_by,note";

    /// <inheritdoc/>
    public static QuarantinedRecord Example { get; } = new(
        7, 41, 42, "january.csv", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "payments", "replayed",
        ["currency.unknown"], ["currency.unknown"], "PAY-000123,CUST-0042,MERCH-007,129.90,XXY,CREDIT_CARD,SUCCESS,2026-01-31T14:03:27Z", false,
        new(2026, 1, 31, 8, 0, 0, DateTimeKind.Utc), 9, "completed", "anna", new(2026, 1, 31, 9, 12, 0, DateTimeKind.Utc), "typing error, confirmed by the sender",
        JsonElement.Parse("""{"currency":"XXX"}"""));

    /// <summary>The list as CSV.</summary>
    public static string CsvExample =>
        CsvHeader + "\r\n7,41,42,\"january.csv\",payments,open,\"currency.unknown\",\"PAY-000123,…\",false,2026-01-31T08:00:00.0000000Z,\"\",\"\"\r\n";

    /// <summary>Refused records of all imports.</summary>
    /// <remarks>Newest file first, in the file's order, with what became of each. A record that a replay refused again is one record, with its newest reasons. Complete and streamed; <c>limit</c> pages it, and the Link header leads on. <c>format=csv</c> is safe to open in a spreadsheet.</remarks>
    [ProducesResponseType<IEnumerable<QuarantinedRecord>>(StatusCodes.Status200OK, "application/json", "text/csv")]
    public static IResult List(
        [FromQuery(Name = "import_id"), Description("Only records that this import refused.")] long? importId,
        [FromQuery(Name = "profile"), Description("Only records of files of this format.")] string? profile,
        [FromQuery(Name = "reason"), Description("Only records that have this code among their newest reasons.")] string? reason,
        [FromQuery(Name = "status"), Description("Only records of this status; of any without it."), AllowedValues("open", "replayed", "dismissed")] string? status,
        [FromQuery(Name = "from"), Description("First UTC day of refusal.")] DateOnly? from,
        [FromQuery(Name = "to"), Description("Last UTC day of refusal.")] DateOnly? to,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "format"), Description("json or csv."), AllowedValues("json", "csv")] string format = "json") =>
        new RowStream<QuarantinedRecord>(Query(importId, profile, reason, status, from, to), limit, after, format == "csv" ? WriteCsvAsync : null);

    /// <summary>One refused record.</summary>
    /// <remarks>With every reason, the record as it came, its file and line, and what became of it.</remarks>
    public static async Task<Results<Ok<QuarantinedRecord>, ProblemHttpResult>> GetAsync(
        [FromRoute(Name = "import_id"), Description("The import that refused it.")] long importId,
        [FromRoute(Name = "record_number"), Description("Its number in the file, from 1, the header not counted.")] long recordNumber,
        Reader reader,
        CancellationToken cancellationToken) =>
        await FindAsync(importId, recordNumber, reader, cancellationToken) is { } record
            ? TypedResults.Ok(record)
            : NotFound(importId, recordNumber);

    /// <summary>The record, or null when the import refused none of this number.</summary>
    public static Task<QuarantinedRecord?> FindAsync(long importId, long recordNumber, Reader reader, CancellationToken cancellationToken) =>
        reader.FindAsync(Query(importId, null, null, null, null, null).Where("record_number = @record").With("record", recordNumber), cancellationToken);

    /// <summary>404 for a record that was not refused.</summary>
    public static ProblemHttpResult NotFound(long importId, long recordNumber) =>
        Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"record {recordNumber} among those that import {importId} refused"));

    private static RowQuery<QuarantinedRecord> Query(long? importId, string? profile, string? reason, string? status, DateOnly? from, DateOnly? to) =>
        new RowQuery<QuarantinedRecord>(
                "pipeline.list_quarantine(@import, @profile, @reason, @status, @from, @to)",
                new("import_id", Descending: true),
                new("record_number"))
            .With("import", importId)
            .With("profile", profile)
            .With("reason", reason)
            .With("status", status)
            .With("from", from)
            .With("to", to);

    private static Task WriteCsvAsync(HttpResponse response, IAsyncEnumerable<QuarantinedRecord> records) => SafeCsv.WriteAsync(
        response,
        CsvHeader,
        records,
        record => string.Create(
            CultureInfo.InvariantCulture,
            $"{record.ImportId},{record.RecordNumber},{record.LineNumber},{SafeCsv.Cell(record.FileName)},{record.Profile},{record.Status},{SafeCsv.Cell(string.Join(' ', record.Reasons))},{SafeCsv.Cell(record.RawRecord)},{(record.RawIsCut ? "true" : "false")},{record.RefusedAt:O},{SafeCsv.Cell(record.HandledBy)},{SafeCsv.Cell(record.Note)}"));
}
