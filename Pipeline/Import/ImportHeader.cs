using System.Text;
using Payments.Pipeline.Import.Csv;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import;

/// <summary>A file's header, matched with its profile by names: any order, case and surrounding blanks do not count.</summary>
internal sealed class ImportHeader
{
    private const int QuotedNames = 5;
    private readonly ImportColumn?[] _columns;

    private ImportHeader(ImportColumn?[] columns) => _columns = columns;

    /// <summary>How many fields every record must have.</summary>
    public int FieldCount => _columns.Length;

    /// <summary>The contract's names of the columns that are read, in the file's order: reasons are listed in it.</summary>
    public string[] Names => [.. _columns.Where(column => column is not null).Select(column => column!.Name)];

    /// <summary>Remarks: columns that the profile does not know.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>The column at a place of the file; null where it is not read.</summary>
    public ImportColumn? ColumnAt(int field) => _columns[field];

    /// <summary>Where the file has a column, by the contract's name; -1 where it has none.</summary>
    public int IndexOf(string name) => Array.FindIndex(_columns, column => column?.Name == name);

    /// <summary>Reads the header, the first record that is not blank.</summary>
    /// <exception cref="FileRejectedException">It is not one of this profile.</exception>
    public static async Task<ImportHeader> ReadAsync(CsvRecordReader records, ImportProfile profile, CancellationToken cancellationToken)
    {
        var start = await records.PeekAsync(FileSignature.Length, cancellationToken);
        if (FileSignature.Describe(start.Span) is { } format)
        {
            throw new FileRejectedException(ReasonCode.FileEncoding, $"The file is {format}, not UTF-8 text.");
        }

        do
        {
            if (!await records.ReadAsync(cancellationToken)) throw new FileRejectedException(ReasonCode.FileEmpty, "The file has no record, not even a header.");
        }
        while (records is { Faults: RowFaults.None, FieldCount: 1 } && BlankText.Is(records.Field(0)));

        return Match(NamesOf(records), profile);
    }

    private static string[] NamesOf(CsvRecordReader records)
    {
        if ((records.Faults & (RowFaults.Encoding | RowFaults.ControlChar)) != 0)
        {
            throw new FileRejectedException(ReasonCode.FileEncoding, "The header is not UTF-8 text.");
        }

        if (records.Faults != RowFaults.None) throw new FileRejectedException(ReasonCode.FileHeader, "The header's quotes do not close, or it is far too long.");
        if (records.FieldCount > CsvRecordReader.MaxFields)
        {
            throw new FileRejectedException(ReasonCode.FileHeader, $"The header has {records.FieldCount} columns, more than {CsvRecordReader.MaxFields}.");
        }

        var names = new string[records.FieldCount];
        for (var i = 0; i < names.Length; i++) names[i] = Encoding.UTF8.GetString(records.Field(i)).Trim();
        return names;
    }

    private static ImportHeader Match(string[] names, ImportProfile profile)
    {
        var columns = new ImportColumn?[names.Length];
        var isExtra = false;
        for (var i = 0; i < names.Length; i++)
        {
            columns[i] = profile.Columns.FirstOrDefault(column => Same(column.Header, names[i]));
            isExtra |= columns[i] is null && !profile.Ignored.Any(ignored => Same(ignored, names[i]));
        }

        var missing = profile.Columns.Where(column => column.IsRequired && !columns.Contains(column)).Select(column => column.Header).ToArray();
        if (missing.Length > 0) throw new FileRejectedException(ReasonCode.FileHeader, $"The header lacks {string.Join(", ", missing)}.{Separator(names)}");
        var repeated = columns.Where(column => column is not null).GroupBy(column => column).Where(group => group.Count() > 1).Select(group => group.Key!.Header).ToArray();
        if (repeated.Length > 0) throw new FileRejectedException(ReasonCode.FileHeader, $"The header has {string.Join(", ", repeated.Take(QuotedNames))} more than once.");

        return new(columns) { Warnings = isExtra ? [ReasonCode.HeaderExtraColumn] : [] };
    }

    private static bool Same(string expected, string name) => string.Equals(expected, name, StringComparison.OrdinalIgnoreCase);

    private static string Separator(string[] names) => names is not [var only] ? ""
        : only.Contains(';') ? " The delimiter looks like a semicolon; it must be a comma."
        : only.Contains('\t') ? " The delimiter looks like a tab; it must be a comma."
        : only.Contains('|') ? " The delimiter looks like a bar; it must be a comma."
        : "";
}
