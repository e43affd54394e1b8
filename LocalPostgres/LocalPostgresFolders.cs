using System.Security.Cryptography;
using System.Text;

namespace Payments.LocalPostgres;

/// <summary>
/// Where private servers and downloaded binaries live: <c>/var/lib</c> and <c>/var/cache</c> when we are root, because the
/// unprivileged user that then runs the server cannot enter root's home; the user's own data and cache folders otherwise.
/// Never inside a checkout, which may be anywhere, be deleted at any time, and is watched by tools.
/// </summary>
public static class LocalPostgresFolders
{
    /// <summary>The data folder of one server of one checkout: always the same for the same path and name.</summary>
    /// <param name="checkoutPath">The checkout's folder.</param>
    /// <param name="name">Tells servers of one checkout apart; a plain file name.</param>
    public static string For(string checkoutPath, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var checkout = Path.TrimEndingDirectorySeparator(Path.GetFullPath(checkoutPath));
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(checkout)))[..12];
        var folder = $"{Path.GetFileName(checkout)}-{key}";
        return Path.Combine(Outside(checkout, Data), folder, name);
    }

    /// <summary>A new name for an <see cref="LocalPostgresOptions.Ephemeral"/> server's folder, beside all other ephemeral ones.</summary>
    public static string NewEphemeral() => Path.Combine(Ephemeral, Guid.NewGuid().ToString("n")[..12]);

    /// <summary>Makes a folder and those above it; when we are root they let the server's user in, whatever the umask says.</summary>
    internal static void Make(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        if (Path.GetDirectoryName(folder) is { } parent)
        {
            Make(parent);
        }

        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
        {
            File.SetUnixFileMode(
                folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
    }

    internal static string Ephemeral => Path.Combine(Data, "ephemeral");

    internal static string Binaries => OperatingSystem.IsMacOS() && !Environment.IsPrivilegedProcess
        ? Path.Combine(Home, "Library", "Caches", "payments-postgres")
        : Path.Combine(Base("/var/cache", "XDG_CACHE_HOME", ".cache"), "payments-postgres", "binaries");

    private static string Data =>
        Path.Combine(Base("/var/lib", "XDG_DATA_HOME", Path.Combine(".local", "share")), "payments-postgres");

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static string Base(string ofRoot, string variable, string inHome)
    {
        if (OperatingSystem.IsWindows() || (OperatingSystem.IsMacOS() && !Environment.IsPrivilegedProcess))
        {
            return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        }

        return Environment.IsPrivilegedProcess
            ? ofRoot
            : Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given ? given : Path.Combine(Home, inHome);
    }

    private static string Outside(string checkout, string folder) =>
        folder.StartsWith(checkout + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? Path.Combine(Path.GetTempPath(), "payments-postgres")
            : folder;
}
