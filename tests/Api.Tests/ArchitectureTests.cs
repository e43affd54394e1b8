using System.Text.RegularExpressions;

namespace Payments.Api.Tests;

/// <summary>docs/architecture.md and the documents beside it describe the repository as it is.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string[] BuildFolders = ["bin", "obj", "artifacts", "TestResults", "node_modules"];

    private static readonly string Root = FindRoot();

    [Fact]
    public void Every_top_level_folder_is_in_the_tree_and_every_folder_of_the_tree_exists()
    {
        var folders = Directory.GetDirectories(Root).Select(Path.GetFileName).Where(name => !name!.StartsWith('.') && !BuildFolders.Contains(name));
        var named = TreeEntry().Matches(Read("docs/architecture.md")).Select(match => match.Groups[1].Value);
        Assert.Equal(folders.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal)!);
    }

    [Theory]
    [InlineData("docs/architecture.md")]
    [InlineData("CONTRIBUTING.md")]
    public void Every_folder_and_file_that_is_named_exists(string document)
    {
        var named = CodePath().Matches(Read(document)).Select(match => match.Groups[1].Value).Distinct().ToArray();
        Assert.NotEmpty(named);
        Assert.DoesNotContain(named, path => !Path.Exists(Path.Combine(Root, path)));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("docs/architecture.md")]
    public void Every_link_into_the_repository_leads_somewhere(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Root, document))!;
        var links = Link().Matches(Read(document)).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal)).Distinct().ToArray();
        Assert.NotEmpty(links);
        Assert.DoesNotContain(links, link => !Path.Exists(Path.Combine(folder, link)));
    }

    [Fact]
    public void The_licence_is_Apache_2_0_in_full()
    {
        var licence = Read("LICENSE");
        Assert.Contains("Apache License", licence, StringComparison.Ordinal);
        Assert.Contains("Version 2.0, January 2004", licence, StringComparison.Ordinal);
        Assert.Contains("9. Accepting Warranty or Additional Liability", licence, StringComparison.Ordinal);
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Payments.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException("These tests read the repository's documents, and are run from a checkout.");
    }

    [GeneratedRegex(@"^([\w.]+)/ {2,}\S", RegexOptions.Multiline)]
    private static partial Regex TreeEntry();

    // In backticks, and with a slash in between or an extension: paths, not routes (which begin with a slash) and not names of code.
    [GeneratedRegex(@"`([A-Za-z][\w.]*(?:/[\w.-]*)+|[A-Z]\w*(?:\.\w+)*\.(?:props|txt|cs|md))`")]
    private static partial Regex CodePath();

    // Without the anchor; a link to an anchor of the same page has nothing before it.
    [GeneratedRegex(@"\]\(([^)#\s]+)[^)\s]*\)")]
    private static partial Regex Link();
}
