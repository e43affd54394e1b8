using System.Text;

namespace Payments.Api.Reading;

/// <summary>Rows as CSV (RFC 4180) that a spreadsheet can open: a cell that it would take for a formula is made text.</summary>
internal static class SafeCsv
{
    /// <summary>Writes header and rows as they arrive.</summary>
    public static async Task WriteAsync<TRow>(HttpResponse response, string header, IAsyncEnumerable<TRow> rows, Func<TRow, string> line)
    {
        response.ContentType = "text/csv; charset=utf-8; header=present";
        await using var csv = new StreamWriter(response.Body, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n" };
        await csv.WriteLineAsync(header);
        await foreach (var row in rows) await csv.WriteLineAsync(line(row));
    }

    /// <summary>A text as a cell: quoted always, so that no separator of a locale splits it; an apostrophe before what would begin a formula (OWASP, CSV injection).</summary>
    public static string Cell(string? text)
    {
        if (text is null) return "\"\"";
        var isFormula = text.Length > 0 && (text.TrimStart(' ') is ['=' or '+' or '-' or '@', ..] || text[0] is '\t' or '\r' or '\n');
        return $"\"{(isFormula ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
