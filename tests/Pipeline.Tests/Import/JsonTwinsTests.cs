using System.Text;
using System.Text.Json;
using Payments.Testing;

namespace Payments.Pipeline.Tests.Import;

/// <summary>The records of the hostile files, written as JSON Lines and as a list, come out as those of CSV do.</summary>
public sealed class JsonTwinsTests
{
    // What is wrong with these is their CSV.
    private static readonly string[] OfCsv = ["row.quote", "row.field_count"];

    [SkippableTheory]
    [InlineData("amounts.csv")]
    [InlineData("crlf.csv")]
    [InlineData("dates.csv")]
    [InlineData("duplicates.csv")]
    [InlineData("good.csv")]
    [InlineData("header-extra-column.csv")]
    [InlineData("missing-values.csv")]
    [InlineData("multi-errors.csv")]
    [InlineData("quoting.csv")]
    [InlineData("unknown-references.csv")]
    [InlineData("utf8-bom.csv")]
    public async Task It_comes_out_as_its_csv_does(string name)
    {
        var file = SharedData.Require("bad", name);
        var expected = JsonDocument.Parse(await File.ReadAllTextAsync(Path.ChangeExtension(file, ".expected.json"))).RootElement;
        var outcomes = expected.GetProperty("rows").EnumerateArray()
            .Select(row => (Outcome: row.GetProperty("outcome").GetString()!, Reason: row.GetProperty("reason").GetString()))
            .ToList();
        var csv = await File.ReadAllBytesAsync(file);
        var records = ReferenceCsv.Parse(csv.AsSpan().StartsWith("\uFEFF"u8) ? csv[3..] : csv);
        var twins = records.Skip(1).Select(record => Twin(records[0], record))
            .Zip(outcomes, (json, outcome) => (Json: json, outcome.Outcome, outcome.Reason))
            .Where(twin => !OfCsv.Contains(twin.Reason))
            .ToList();
        var wanted = twins.Select((twin, i) => (Record: i + 1L, twin.Outcome, twin.Reason)).Where(twin => twin.Outcome == "reject").Select(twin => (twin.Record, twin.Reason)).ToList();

        foreach (var content in (byte[][])[Join([], "\r\n"u8, twins.Select(twin => twin.Json), "\n"u8), Join("\uFEFF [\n"u8, ",\n"u8, twins.Select(twin => twin.Json), "\n]"u8)])
        {
            await using var lab = await ImportLab.OpenAsync();
            await lab.AddReferencesAsync();
            var report = await lab.ImportAsync("payments", content, name);

            Assert.Null(report.Detail);
            Assert.Equal(wanted, report.Refused.Select(row => (row.Record, (string?)row.Reasons[0])));
            Assert.Equal(
                (twins.Count, expected.GetProperty("accepted").GetInt64(), expected.GetProperty("duplicates_skipped").GetInt64(), wanted.Count),
                report.Counts);
            Assert.Equal(expected.GetProperty("warnings").EnumerateArray().Select(code => code.GetString()), report.Warnings);
            await lab.AssertRollupsAreExactAsync();
        }
    }

    private static byte[] Twin(ReferenceRecord header, ReferenceRecord record)
    {
        var json = new List<byte> { (byte)'{' };
        foreach (var (name, value) in header.Fields.Zip(record.Fields))
        {
            if (json.Count > 1) json.Add((byte)',');
            json.AddRange(Text(name));
            json.Add((byte)':');
            json.AddRange(value.Length == 0 ? "null"u8.ToArray() : Text(value));
        }

        return [.. json, (byte)'}'];
    }

    private static byte[] Text(byte[] value) =>
        [(byte)'"', .. value.SelectMany(unit => unit is < 0x20 or (byte)'"' or (byte)'\\' ? Encoding.ASCII.GetBytes($"\\u{(int)unit:x4}") : [unit]), (byte)'"'];

    private static byte[] Join(ReadOnlySpan<byte> before, ReadOnlySpan<byte> between, IEnumerable<byte[]> records, ReadOnlySpan<byte> after)
    {
        var file = new List<byte>([.. before]);
        var isFirst = true;
        foreach (var record in records)
        {
            if (!isFirst) file.AddRange(between);
            file.AddRange(record);
            isFirst = false;
        }

        return [.. file, .. after];
    }
}
