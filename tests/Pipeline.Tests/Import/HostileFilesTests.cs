using System.Text.Json;
using Payments.Testing;

namespace Payments.Pipeline.Tests.Import;

/// <summary>Every hostile file of <c>../shared/data/bad</c> comes out as its expectation says.</summary>
public sealed class HostileFilesTests
{
    private const string None = "(no file)";

    public static TheoryData<string> Files
    {
        get
        {
            var folder = SharedData.Folder is { } data ? Path.Combine(data, "bad") : null;
            var names = folder is not null && Directory.Exists(folder)
                ? Directory.GetFiles(folder, "*.csv").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)
                : Enumerable.Repeat(None, 1);
            return [.. names];
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public async Task It_comes_out_as_its_expectation_says(string name)
    {
        var file = SharedData.Require("bad", name);
        var expected = JsonDocument.Parse(await File.ReadAllTextAsync(Path.ChangeExtension(file, ".expected.json"))).RootElement;
        await using var lab = await ImportLab.OpenAsync();
        await lab.AddReferencesAsync();

        var report = await lab.ImportAsync("payments", await File.ReadAllBytesAsync(file), name);

        Assert.Equal(expected.GetProperty("file_rejected").GetString(), report.FileRejected);
        Assert.Equal(expected.GetProperty("accepted").GetInt64(), report.Accepted);
        Assert.Equal(expected.GetProperty("duplicates_skipped").GetInt64(), report.Duplicates);
        Assert.Equal(expected.GetProperty("by_reason").EnumerateObject().ToDictionary(code => code.Name, code => code.Value.GetInt64()), report.ByReason);
        if (report.FileRejected is not null)
        {
            Assert.Equal(("rejected", (0L, 0L, 0L, 0L)), (report.Status, report.Counts));
            return;
        }

        Assert.Equal("completed", report.Status);
        Assert.Equal(expected.GetProperty("records").GetInt64(), report.Read);
        Assert.Equal(expected.GetProperty("rejected_rows").GetInt64(), report.Rejected);
        Assert.Equal(expected.GetProperty("warnings").EnumerateArray().Select(code => code.GetString()), report.Warnings);
        var refused = expected.GetProperty("rows").EnumerateArray()
            .Where(row => row.GetProperty("outcome").GetString() == "reject")
            .Select(row => (row.GetProperty("record").GetInt64(), row.GetProperty("line").GetInt64(), row.GetProperty("reason").GetString()));
        Assert.Equal(refused, report.Refused.Select(row => (row.Record, row.Line, (string?)row.Reasons[0])));
        await lab.AssertRollupsAreExactAsync();
    }
}
