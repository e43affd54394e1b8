using System.Globalization;
using System.Text;

namespace Payments.Api.Imports;

/// <summary>Refused records as CSV (RFC 4180) that a spreadsheet can open: a cell that it would take for a formula is made text.</summary>
internal static class RejectedCsv
{
    /// <summary>Writes header and records as they arrive.</summary>
    public static async Task WriteAsync(HttpResponse response, IAsyncEnumerable<RejectedRecord> records)
    {
        response.ContentType = "text/csv; charset=utf-8; header=present";
        await using var csv = new StreamWriter(response.Body, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n" };
        await csv.WriteLineAsync("record_number,line_number,reasons,raw_record,raw_is_cut");
        await foreach (var record in records)
        {
            await csv.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{record.RecordNumber},{record.LineNumber},{Cell(string.Join(' ', record.Reasons))},{Cell(record.RawRecord)},{(record.RawIsCut ? "true" : "false")}"));
        }
    }

    // Quotes always, so that no separator of a locale splits a cell; an apostrophe before what would begin a formula (OWASP, CSV injection).
    private static string Cell(string text)
    {
        var isFormula = text.Length > 0 && (text.TrimStart(' ') is ['=' or '+' or '-' or '@', ..] || text[0] is '\t' or '\r' or '\n');
        return $"\"{(isFormula ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
