using Xunit;

namespace Payments.Testing;

/// <summary>The data folder beside the repository (<c>../shared/data</c>): too large or not ours to ship; tests that want it are skipped without it.</summary>
public static class SharedData
{
    /// <summary>The folder; null when it is not there.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>A file or folder of it; skips the test, and says why, when it is missing.</summary>
    public static string Require(params string[] path)
    {
        var wanted = Path.Combine([Folder ?? "", .. path]);
        Skip.If(Folder is null || !Path.Exists(wanted), $"../shared/data/{string.Join('/', path)} is not there, this test is skipped for want of it");
        return wanted;
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Payments.sln"))) continue;
            var data = Path.Combine(folder.FullName, "..", "shared", "data");
            return Directory.Exists(data) ? Path.GetFullPath(data) : null;
        }

        return null;
    }
}
