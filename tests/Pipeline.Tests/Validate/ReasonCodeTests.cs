using System.Text;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Tests.Validate;

public sealed class ReasonCodeTests
{
    [Fact]
    public async Task Every_code_is_documented_as_the_code_has_it()
    {
        var expected = Document();
        var path = Path.Combine(Repository(), "docs", "reason-codes.md");
        var actual = File.Exists(path) ? await File.ReadAllTextAsync(path) : "";
        if (Environment.GetEnvironmentVariable("PAYMENTS_WRITE_DOCS") is not null) await File.WriteAllTextAsync(path, expected);
        Assert.True(expected == actual, $"docs/reason-codes.md should read:\n\n{expected}");
    }

    [Fact]
    public void A_code_is_listed_once()
    {
        var codes = All().SelectMany(section => section.Codes).Select(code => code.Code).ToList();
        Assert.Equal(codes.Distinct(), codes);
    }

    private static IEnumerable<(string Title, IReadOnlyList<ReasonCode> Codes)> All() =>
    [
        ("The file as a whole (`file_rejected`): nothing of it is written", ReasonCode.OfFiles),
        ("Remarks (`warnings`): the file was read", ReasonCode.Warnings),
        ("The record as a whole", ReasonCode.OfRows),
        ("A column's value", ReasonCode.OfValues),
        ("Compared with the store", ReasonCode.OfStore),
    ];

    private static string Document()
    {
        var text = new StringBuilder("""
            # Reason codes

            Why an import refuses a file or a record, or remarks on it. A record is counted once, under its first reason: reasons about the
            record first, then its columns in header order. All of its reasons are listed with it. The text is checked against the code by a test.

            """);
        foreach (var (title, codes) in All())
        {
            text.Append($"\n## {title}\n\n| code | meaning | what to do |\n|---|---|---|\n");
            foreach (var code in codes) text.Append($"| `{code.Code}` | {code.Meaning} | {code.Remedy} |\n");
        }

        return text.ToString();
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Payments.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
