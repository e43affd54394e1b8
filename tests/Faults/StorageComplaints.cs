using System.Security.Cryptography;

namespace Payments.Faults;

/// <summary>What must not be in a storage folder at rest.</summary>
internal static class StorageComplaints
{
    /// <summary>Files that are half there, under way, or not what their name says.</summary>
    public static List<string> Of(Platform platform)
    {
        var complaints = new List<string>();
        foreach (var file in FilesIn(platform.Spool))
        {
            if (Path.GetFileName(file).StartsWith('.')) complaints.Add($"a partial file is left in the spool: {Path.GetFileName(file)}");
            else if (Sha256(file) != Path.GetFileName(file)) complaints.Add($"a file in the spool is not what its name says: {Path.GetFileName(file)}");
        }

        complaints.AddRange(FilesIn(Path.Combine(platform.Drop, "intake")).Select(file => $"a file is left in the intake: {Path.GetFileName(file)}"));
        return complaints;
    }

    private static IEnumerable<string> FilesIn(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder) : [];

    private static string Sha256(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
