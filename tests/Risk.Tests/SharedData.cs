namespace Payments.Risk.Tests;

/// <summary>The development data, which is not part of the repository: a folder <c>shared/data</c> beside the checkout or further up.</summary>
internal static class SharedData
{
    /// <summary>The path of a file, or a test that is visibly skipped for want of it.</summary>
    public static string File(params string[] path)
    {
        var file = Ancestors().Select(folder => Path.Combine([folder, "shared", "data", .. path])).FirstOrDefault(System.IO.File.Exists);
        Skip.If(file is null, $"shared/data/{string.Join('/', path)} is not beside the checkout");
        return file!;
    }

    private static IEnumerable<string> Ancestors()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return folder.FullName;
        }
    }
}
