using System.Globalization;
using System.Text;
using Payments.Pipeline.Import;
using Payments.Pipeline.Import.Csv;
using Payments.Risk;

namespace Payments.Bench;

/// <summary>A file of features and labels: CSV with a header, in which the column <c>label</c> is 1 for an anomaly and 0 for the rest.</summary>
/// <param name="Features">The other columns, in the file's order; an empty value or NaN is a missing one.</param>
/// <param name="Labels">True for an anomaly; one a row.</param>
internal sealed record LabelledRows(FeatureMatrix Features, bool[] Labels)
{
    private const string LabelColumn = "label";
    private const int MaxColumns = 16_384;

    /// <summary>Whether any value is missing.</summary>
    public bool HasMissing => Enumerable.Range(0, Features.Rows).Any(row => Features[row].Contains(double.NaN));

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">Not such a file; the message says where, and what to do.</exception>
    public static async Task<LabelledRows> ReadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        await using var stream = file.OpenRead();
        var start = await TextStart.ReadAsync(stream, cancellationToken);
        if (start.Format is not null) throw new InvalidDataException($"{file.Name} is no text: give it unpacked, as CSV in UTF-8.");
        stream.Position = start.Mark;

        var records = new CsvRecordReader(stream, MaxColumns);
        if (!await records.ReadAsync(cancellationToken)) throw new InvalidDataException($"{file.Name} is empty: it needs a header, then rows.");
        CheckReadable(file, records);
        var (columns, label) = (records.FieldCount, LabelIn(file, records));

        List<double> values = [];
        List<bool> labels = [];
        while (await records.ReadAsync(cancellationToken))
        {
            CheckReadable(file, records);
            if (records.FieldCount == 1 && columns > 1 && Text(records, 0).Length == 0) continue; // a line of blanks
            if (records.FieldCount != columns)
            {
                throw new InvalidDataException($"{file.Name}, line {records.Line}: {records.FieldCount} values where the header names {columns} columns.");
            }

            for (var column = 0; column < columns; column++)
            {
                var value = Number(file, records, column);
                if (column != label)
                {
                    values.Add(value);
                }
                else if (value is 0 or 1)
                {
                    labels.Add(value == 1);
                }
                else
                {
                    throw new InvalidDataException($"{file.Name}, line {records.Line}: the label is '{Text(records, column)}'; write 1 for an anomaly, 0 for the rest.");
                }
            }
        }

        if (labels.Distinct().Count() < 2)
        {
            throw new InvalidDataException(
                $"{file.Name} has {labels.Count} rows and {(labels.Contains(true) ? "only anomalies (label 1)" : "no anomaly (label 1)")}: an AUC needs rows of both labels.");
        }

        return new(new FeatureMatrix(values.ToArray(), columns - 1), [.. labels]);
    }

    private static int LabelIn(FileInfo file, CsvRecordReader header)
    {
        var names = Enumerable.Range(0, header.FieldCount).Select(column => Text(header, column)).ToList();
        var found = names.FindAll(name => name.Equals(LabelColumn, StringComparison.OrdinalIgnoreCase)).Count;
        if (found != 1)
        {
            var first = string.Join(", ", names.Take(8)) + (names.Count > 8 ? ", …" : "");
            throw new InvalidDataException(
                $"{file.Name} has {(found == 0 ? "no column" : $"{found} columns")} named '{LabelColumn}' in its first line ({first}): "
                + "name the columns there, exactly one of them 'label' (1 = anomaly, 0 = not).");
        }

        if (names.Count == 1) throw new InvalidDataException($"{file.Name} has no column besides '{LabelColumn}': add the features.");
        return names.FindIndex(name => name.Equals(LabelColumn, StringComparison.OrdinalIgnoreCase));
    }

    private static double Number(FileInfo file, CsvRecordReader records, int column)
    {
        var field = records.Field(column);
        if (double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && !double.IsInfinity(value)) return value;
        var text = Text(records, column);
        if (text.Length == 0) return double.NaN;
        throw new InvalidDataException(
            $"{file.Name}, line {records.Line}, column {column + 1}: '{text}' is no finite number; write numbers with a decimal point, and leave missing values empty or NaN.");
    }

    private static string Text(CsvRecordReader records, int column) => Encoding.UTF8.GetString(records.Field(column)).Trim();

    private static void CheckReadable(FileInfo file, CsvRecordReader records)
    {
        if (records.FieldCount > MaxColumns) throw new InvalidDataException($"{file.Name}, line {records.Line}: more than {MaxColumns} columns.");
        if (records.Faults != RowFaults.None) throw new InvalidDataException($"{file.Name}, line {records.Line}: not a record of CSV in UTF-8 ({records.Faults}).");
    }
}
