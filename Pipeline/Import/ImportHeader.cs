using System.Text;
using Payments.Pipeline.Import.Csv;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import;

/// <summary>A file's header, matched with its profile by names: any order, case and surrounding blanks do not count.</summary>
internal sealed class ImportHeader
{
    private const int QuotedNames = 5;
    private readonly ImportColumn?[] _columns;
    private readonly string[] _composed;
    private readonly string[]? _names;

    private ImportHeader(ImportColumn?[] columns, int fieldCount, string[]? names = null, string[]? composed = null)
    {
        _columns = columns;
        FieldCount = fieldCount;
        _names = names;
        _composed = composed ?? [];
    }

    /// <summary>How many fields every record must have.</summary>
    public int FieldCount { get; }

    /// <summary>Whether the file itself has it: its columns are then those of every record.</summary>
    public bool IsOfFile => _names is not null;

    /// <summary>The contract's names of the columns that are read, in the file's order, then of those that are made out of others: reasons are listed in it.</summary>
    public string[] Names => [.. _columns.Where(column => column is not null).Select(column => column!.Name), .. _composed];

    /// <summary>Whether it has a column of which nothing may be kept as it came.</summary>
    public bool HasSecrets => _columns.Any(column => column?.IsSecret ?? false);

    /// <summary>Remarks: columns that the profile does not know.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>The column at a place of the file; null where it is not read.</summary>
    public ImportColumn? ColumnAt(int field) => field < _columns.Length ? _columns[field] : null;

    /// <summary>Where the file has a column, by the contract's name; -1 where it has none.</summary>
    public int IndexOf(string name) => Array.FindIndex(_columns, column => column?.Name == name);

    /// <summary>Where the file has a column, by the profile's header; -1 where it has none.</summary>
    public int IndexOfHeader(string name) => _names is null ? Array.FindIndex(_columns, column => column?.Header == name) : FieldOf(name);

    /// <summary>The fields that the rule of a column looks at besides its own.</summary>
    public int[] InputsOf(ImportColumn column)
    {
        if (IsOfFile) return [.. column.Inputs.Select(FieldOf)];
        var first = _columns.Length + _columns.TakeWhile(before => before != column).Sum(before => before?.Inputs.Count ?? 0);
        return [.. Enumerable.Range(first, column.Inputs.Count)];
    }

    /// <summary>JSON has no header: what a record lacks is missing from that record.</summary>
    public static ImportHeader OfJson(ImportProfile profile) => new([.. profile.Columns], profile.Columns.Count + profile.Columns.Sum(column => column.Inputs.Count));

    /// <summary>Reads the names of a CSV file, the first record that is not blank.</summary>
    /// <exception cref="FileRejectedException">There is none, or it cannot be read.</exception>
    public static async Task<string[]> ReadNamesAsync(CsvRecordReader records, CancellationToken cancellationToken)
    {
        do
        {
            if (!await records.ReadAsync(cancellationToken)) throw new FileRejectedException(ReasonCode.FileEmpty, "The file has no record, not even a header.");
        }
        while (records is { Faults: RowFaults.None, FieldCount: 1 } && BlankText.Is(records.Field(0)));

        records.EndHeader();
        return NamesOf(records);
    }

    private static string[] NamesOf(CsvRecordReader records)
    {
        if ((records.Faults & (RowFaults.Encoding | RowFaults.ControlChar)) != 0)
        {
            throw new FileRejectedException(ReasonCode.FileEncoding, "The header is not UTF-8 text.");
        }

        if (records.Faults != RowFaults.None) throw new FileRejectedException(ReasonCode.FileHeader, "The header's quotes do not close, or it is far too long.");
        if (records.FieldCount > RecordReader.MaxFields)
        {
            throw new FileRejectedException(ReasonCode.FileHeader, $"The header has {records.FieldCount} columns, more than {RecordReader.MaxFields}.");
        }

        var names = new string[records.FieldCount];
        for (var i = 0; i < names.Length; i++) names[i] = Encoding.UTF8.GetString(records.Field(i)).Trim();
        return names;
    }

    /// <summary>Matches a header with a profile.</summary>
    /// <exception cref="FileRejectedException">It is not one of this profile.</exception>
    public static ImportHeader Match(string[] names, ImportProfile profile)
    {
        var columns = new ImportColumn?[names.Length];
        var isExtra = false;
        for (var i = 0; i < names.Length; i++)
        {
            columns[i] = profile.Columns.FirstOrDefault(column => !column.IsComposed && Same(column.Header, names[i]));
            isExtra |= columns[i] is null && !profile.Knows(names[i]);
        }

        var missing = profile.RequiredHeaders.Where(header => !names.Any(name => Same(header, name))).ToArray();
        if (missing.Length > 0) throw new FileRejectedException(ReasonCode.FileHeader, $"The header lacks {string.Join(", ", missing)}.{Separator(names)}");
        var inputs = profile.Columns.Where(column => column.IsComposed).SelectMany(column => column.Inputs).Distinct();
        var read = columns.OfType<ImportColumn>().Select(column => column.Header).Concat(names.Where(name => inputs.Any(input => Same(input, name)) && !columns.Any(column => column is not null && Same(column.Header, name))));
        var repeated = read.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => group.Key).ToArray();
        if (repeated.Length > 0) throw new FileRejectedException(ReasonCode.FileHeader, $"The header has {string.Join(", ", repeated.Take(QuotedNames))} more than once.");

        string[] composed = [.. profile.Columns.Where(column => column.IsComposed).Select(column => column.Name)];
        return new(columns, columns.Length, names, composed) { Warnings = isExtra ? [ReasonCode.HeaderExtraColumn] : [] };
    }

    private int FieldOf(string header) => Array.FindIndex(_names!, name => Same(header, name));

    private static bool Same(string expected, string name) => string.Equals(expected, name, StringComparison.OrdinalIgnoreCase);

    private static string Separator(string[] names) => names is not [var only] ? ""
        : only.Contains(';') ? " The delimiter looks like a semicolon; it must be a comma."
        : only.Contains('\t') ? " The delimiter looks like a tab; it must be a comma."
        : only.Contains('|') ? " The delimiter looks like a bar; it must be a comma."
        : "";
}
