using System.Globalization;

namespace Payments.LocalPostgres;

/// <summary>
/// A server's folder, held by this process alone: <c>data</c> (the cluster, the server user's own), <c>port</c> (the one last used)
/// and <c>lock</c>.
/// </summary>
internal sealed class ServerFolder : IDisposable
{
    // Somebody who cleans up may hold a lock for a moment to find out that the folder is abandoned.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly FolderLock _lock;

    private ServerFolder(string path, FolderLock folderLock) => (_path, _lock) = (path, folderLock);

    public string Cluster => Path.Combine(_path, "data");

    public string PortFile => Path.Combine(_path, "port");

    /// <summary>Takes the folder; makes it when missing.</summary>
    /// <exception cref="LocalPostgresException">A living process has it.</exception>
    public static async Task<ServerFolder> TakeAsync(string path, CancellationToken cancellationToken)
    {
        path = Path.GetFullPath(path);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return new ServerFolder(path, await FolderLock.TakeAsync(path, patience.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LocalPostgresException(
                $"Another process has the PostgreSQL server in {path}, probably an application host of the same checkout: stop it first.");
        }
    }

    /// <summary>Takes every folder in a parent whose owner died without removing it.</summary>
    public static IEnumerable<ServerFolder> TakeAbandoned(string parent) =>
        (Directory.Exists(parent) ? Directory.GetDirectories(parent) : [])
            // A folder without a lock is only just being made.
            .Where(path => File.Exists(FolderLock.In(path)))
            .Select(path => (Path: path, Lock: FolderLock.TryTake(path)))
            .Where(folder => folder.Lock is not null)
            .Select(folder => new ServerFolder(folder.Path, folder.Lock!));

    /// <summary>Lets the server's user in.</summary>
    /// <exception cref="LocalPostgresException">A folder above is closed to it.</exception>
    public async Task OpenToAsync(ServerUser user, CancellationToken cancellationToken)
    {
        user.Own(_path);
        await user.DemandAccessAsync(_path, cancellationToken);
    }

    /// <summary>PostgreSQL's major version that made the cluster, or null when there is none yet.</summary>
    public async Task<int?> ClusterVersionAsync(CancellationToken cancellationToken)
    {
        var file = Path.Combine(Cluster, "PG_VERSION");
        return File.Exists(file)
            ? int.Parse(await File.ReadAllTextAsync(file, cancellationToken), CultureInfo.InvariantCulture)
            : null;
    }

    /// <summary>Makes the cluster: UTF-8, locale C (the same on every machine), scram passwords.</summary>
    /// <exception cref="LocalPostgresException">initdb failed.</exception>
    public async Task MakeClusterAsync(
        LocalPostgresOptions options, PostgresBinaries binaries, ServerUser user, CancellationToken cancellationToken)
    {
        // Made aside and renamed, so that an interrupted initdb leaves nothing that looks like a cluster.
        var making = Cluster + ".new";
        if (Directory.Exists(making))
        {
            Directory.Delete(making, recursive: true);
        }

        var password = Path.Combine(_path, "password");
        try
        {
            await WritePrivatelyAsync(password, options.Password, cancellationToken);
            user.Own(password);
            string[] sync = options.Ephemeral ? ["--no-sync"] : [];
            var (exitCode, output) = await user.RunToEndAsync(
                binaries.Initdb,
                [
                    "-D", making, "-U", LocalPostgresServer.Superuser, "--pwfile", password, "--auth", "scram-sha-256",
                    "--encoding", "UTF8", "--locale", "C", "--no-instructions", .. sync,
                ],
                cancellationToken);
            if (exitCode != 0)
            {
                throw new LocalPostgresException($"initdb failed in {making}:\n{output}");
            }
        }
        finally
        {
            File.Delete(password);
        }

        Directory.Move(making, Cluster);
    }

    /// <summary>Deletes the folder. The lock goes last: until then the folder is visibly taken.</summary>
    public void Delete()
    {
        foreach (var folder in Directory.EnumerateDirectories(_path))
        {
            Directory.Delete(folder, recursive: true);
        }

        if (OperatingSystem.IsWindows())
        {
            // Windows cannot delete an open file.
            Dispose();
        }

        Directory.Delete(_path, recursive: true);
    }

    public void Dispose() => _lock.Dispose();

    private static async Task WritePrivatelyAsync(string path, string text, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var writer = new StreamWriter(path, options);
        await writer.WriteLineAsync(text.AsMemory(), cancellationToken);
    }
}
