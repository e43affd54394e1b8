using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Payments.Risk.Rules;

namespace Payments.Risk.Tests.Rules;

/// <summary>docs/rules.md says what expressions can use, and its examples can be read.</summary>
public sealed partial class RuleDocumentTests
{
    [Fact]
    public void The_documents_attributes_are_those_that_expressions_can_use()
    {
        var expected = new StringBuilder("| name | type | meaning |\n|---|---|---|\n");
        foreach (var term in RuleVocabulary.Standard.All.Where(term => term.Attribute is not null))
        {
            var values = term.Values.Count > 0 ? $" {string.Join(", ", term.Values)}." : "";
            expected.Append(CultureInfo.InvariantCulture, $"| `{term.Name}` | {Type(term)} | {term.Description}{values} |\n");
        }

        Assert.EndsWith(expected.ToString(), Document(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_documents_examples_can_be_read()
    {
        var examples = Examples().Match(Document()).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.True(examples.Length > 5);
        Assert.All(examples, example => RuleExpression.Parse(example));
    }

    private static string Type(RuleTerm term) => term.Type == RuleType.Number ? term.Unit : term.Type.ToString().ToLowerInvariant();

    private static string Document()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Payments.sln")))
        {
            folder = folder.Parent!;
        }

        return File.ReadAllText(Path.Combine(folder.FullName, "docs", "rules.md"));
    }

    [GeneratedRegex("## Expressions\n\n```\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Examples();
}
