using System.Globalization;
using System.Text;
using Payments.Pipeline.Import.Csv;

namespace Payments.Pipeline.Import;

/// <summary>A CSV file of corrections: the column <c>record_number</c>, and columns of the profile whose values stand for the records' own.</summary>
public static class CorrectionsFile
{
    /// <summary>The column that tells which record a line corrects.</summary>
    public const string NumberColumn = "record_number";

    /// <summary>The most records that one file corrects.</summary>
    public const int MaxRecords = 10_000;

    /// <summary>Reads the file: by record number the values of each line, under the names of its header.</summary>
    /// <exception cref="InvalidDataException">It cannot be read; the message says where and why, as the end of a sentence.</exception>
    public static async Task<IReadOnlyDictionary<long, IReadOnlyDictionary<string, string>>> ReadAsync(Stream csv, CancellationToken cancellationToken)
    {
        var records = new CsvRecordReader(csv);
        var names = await NamesAsync(records, cancellationToken);
        var numberAt = Array.FindIndex(names, name => name.Equals(NumberColumn, StringComparison.OrdinalIgnoreCase));
        if (numberAt < 0 || names.Length < 2) throw new InvalidDataException($"has no column {NumberColumn} with others beside it");
        if (names.Distinct(StringComparer.OrdinalIgnoreCase).Count() < names.Length) throw new InvalidDataException("has a column more than once");

        var corrections = new Dictionary<long, IReadOnlyDictionary<string, string>>();
        while (await records.ReadAsync(cancellationToken))
        {
            if (records.Faults != RowFaults.None || records.FieldCount != names.Length) throw At(records, "cannot be read, or has not as many fields as the header");
            var values = new string[names.Length];
            for (var i = 0; i < values.Length; i++) values[i] = Encoding.UTF8.GetString(records.Field(i));
            if (!long.TryParse(values[numberAt], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) throw At(records, $"has no {NumberColumn}");
            var others = Enumerable.Range(0, names.Length).Where(i => i != numberAt).ToDictionary(i => names[i], i => values[i]);
            if (!corrections.TryAdd(number, others)) throw At(records, $"corrects record {number}, as a line before does");
            if (corrections.Count > MaxRecords) throw new InvalidDataException($"corrects more than {MaxRecords} records: split it");
        }

        return corrections.Count > 0 ? corrections : throw new InvalidDataException("corrects no record");
    }

    private static async Task<string[]> NamesAsync(CsvRecordReader records, CancellationToken cancellationToken)
    {
        try
        {
            return await ImportHeader.ReadNamesAsync(records, cancellationToken);
        }
        catch (FileRejectedException unreadable)
        {
            throw new InvalidDataException($"has no header that can be read: {unreadable.Message.TrimEnd('.')}", unreadable);
        }
    }

    private static InvalidDataException At(CsvRecordReader records, string complaint) => new($"is wrong: line {records.Line} {complaint}");
}
