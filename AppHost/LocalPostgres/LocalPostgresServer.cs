using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Payments.LocalPostgres;

/// <summary>
/// A private PostgreSQL server as a plain process: its own folder, port and password, on loopback only, never run as root. It
/// heals: a stale postmaster.pid, a half-made cluster or a server that outlived its owner is cleared when the next one is prepared.
/// </summary>
/// <remarks>
/// Run and tested on Linux. On macOS nothing stops the server when its owner is killed (the next start does); on Windows stopping
/// it is a kill, from which it recovers at its next start.
/// </remarks>
public sealed class LocalPostgresServer : IAsyncDisposable
{
    private const string Superuser = "postgres";
    private const int StartAttempts = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly LocalPostgresOptions _options;
    private readonly PostgresBinaries _binaries;
    private readonly ServerUser _user;
    private readonly FolderLock _lock;
    private Process? _process;

    private LocalPostgresServer(
        LocalPostgresOptions options, PostgresBinaries binaries, ServerUser user, FolderLock folderLock)
    {
        (_options, _binaries, _user, _lock) = (options, binaries, user, folderLock);
        Port = ServerPort.Take(PortFile, options.PreferredPort);
    }

    /// <summary>The TCP port on 127.0.0.1, taken when the server was prepared; <see cref="StartAsync"/> may have to move it.</summary>
    public int Port { get; private set; }

    /// <summary>PostgreSQL's major version.</summary>
    public int MajorVersion => _binaries.MajorVersion;

    /// <summary>What runs the server, for whoever wants to start it otherwise than by <see cref="StartAsync"/>.</summary>
    public LocalPostgresCommand Command
    {
        get
        {
            var (fileName, arguments) = _user.Run(
                _binaries.Postgres,
                ["-D", Cluster, .. Settings().SelectMany(setting => (string[])["-c", $"{setting.Key}={setting.Value}"])],
                endsWithParent: true);
            return new LocalPostgresCommand(
                fileName, arguments, new Dictionary<string, string> { ["LC_ALL"] = "C" }, Cluster);
        }
    }

    private string Cluster => ClusterIn(_options.DataFolder);

    private string PortFile => Path.Combine(_options.DataFolder, "port");

    /// <summary>
    /// Makes everything ready to start: finds the binaries, heals what a crash left, makes the cluster in an empty folder, takes a
    /// port. The folder is this process's until the server is disposed.
    /// </summary>
    /// <exception cref="LocalPostgresException">No binaries, a folder in use or out of reach, or initdb failed.</exception>
    public static async Task<LocalPostgresServer> PrepareAsync(
        LocalPostgresOptions options, CancellationToken cancellationToken = default)
    {
        options = options with { DataFolder = Path.GetFullPath(options.DataFolder) };
        var user = await ServerUser.FindAsync(cancellationToken);
        var folderLock = Lock(options.DataFolder);
        try
        {
            user.Own(options.DataFolder);
            await user.DemandAccessAsync(options.DataFolder, cancellationToken);
            var cluster = ClusterIn(options.DataFolder);
            await ServerProcesses.StopAsync(cluster, Libc.SigInt, cancellationToken);
            var version = await VersionOfAsync(cluster, cancellationToken);
            var binaries = options.BinariesFolder is { } folder
                ? await PostgresBinaries.InAsync(folder, version, cancellationToken)
                : await PostgresBinaries.FindAsync(options.Source, version, cancellationToken);
            if (version is null)
            {
                await MakeClusterAsync(cluster, options, binaries, user, cancellationToken);
            }

            return new LocalPostgresServer(options, binaries, user, folderLock);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>Stops an ownerless server on this folder and deletes the folder with all its data.</summary>
    /// <param name="dataFolder">As in <see cref="LocalPostgresOptions.DataFolder"/>; it need not exist.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalPostgresException">A living process uses it: stop that first.</exception>
    public static async Task ResetAsync(string dataFolder, CancellationToken cancellationToken = default)
    {
        dataFolder = Path.GetFullPath(dataFolder);
        if (!Directory.Exists(dataFolder))
        {
            return;
        }

        using var folderLock = Lock(dataFolder);
        await ServerProcesses.StopAsync(ClusterIn(dataFolder), Libc.SigQuit, cancellationToken);
        Delete(dataFolder, folderLock);
    }

    /// <summary>Removes the ephemeral servers, with their folders, whose owners were killed.</summary>
    public static async Task RemoveAbandonedAsync(CancellationToken cancellationToken = default)
    {
        if (!Directory.Exists(LocalPostgresFolders.Ephemeral))
        {
            return;
        }

        // A folder without a lock is only just being made.
        foreach (var folder in Directory.EnumerateDirectories(LocalPostgresFolders.Ephemeral)
            .Where(folder => File.Exists(FolderLock.In(folder))))
        {
            if (FolderLock.TryTake(folder) is { } abandoned)
            {
                using (abandoned)
                {
                    await ServerProcesses.StopAsync(ClusterIn(folder), Libc.SigQuit, cancellationToken);
                    Delete(folder, abandoned);
                }
            }
        }
    }

    /// <summary>The superuser's connection string for a database of this server (it need not exist yet).</summary>
    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = Superuser,
        Password = _options.Password,
        Database = database,
    }.ConnectionString;

    /// <summary>Starts the server and waits until it answers. It stops at dispose, and on Linux when this process dies.</summary>
    /// <exception cref="LocalPostgresException">It ended or stayed silent; the message has the end of its log.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        for (var attempt = 1; ; attempt++)
        {
            var log = new ServerLog();
            var process = await LaunchAsync(log);
            try
            {
                await AnswerAsync(process, log, cancellationToken);
                return;
            }
            catch (LocalPostgresException) when (attempt < StartAttempts && LostThePort(process, log))
            {
                // Another process was quicker between our choice and the server's start.
                ServerPort.Release(Port);
                Port = ServerPort.Take(PortFile, _options.PreferredPort);
            }
        }
    }

    /// <summary>
    /// Stops the server, whoever started it, and gives the folder free: fast and cleanly, or at once when its data are
    /// <see cref="LocalPostgresOptions.Ephemeral"/>, which are then deleted.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        using (_lock)
        {
            NpgsqlConnection.ClearPool(new NpgsqlConnection(ConnectionString(Superuser)));
            await ServerProcesses.StopAsync(
                Cluster, _options.Ephemeral ? Libc.SigQuit : Libc.SigInt, CancellationToken.None);
            ServerPort.Release(Port);
            _process?.Dispose();
            if (_options.Ephemeral)
            {
                Delete(_options.DataFolder, _lock);
            }
        }
    }

    private static string ClusterIn(string dataFolder) => Path.Combine(dataFolder, "data");

    private static FolderLock Lock(string dataFolder) =>
        FolderLock.TryTake(dataFolder)
        ?? throw new LocalPostgresException(
            $"Another process has the PostgreSQL server in {dataFolder}, probably an application host of the same checkout: stop it first.");

    private static async Task<int?> VersionOfAsync(string cluster, CancellationToken cancellationToken)
    {
        var file = Path.Combine(cluster, "PG_VERSION");
        return File.Exists(file)
            ? int.Parse(await File.ReadAllTextAsync(file, cancellationToken), CultureInfo.InvariantCulture)
            : null;
    }

    private static async Task MakeClusterAsync(
        string cluster,
        LocalPostgresOptions options,
        PostgresBinaries binaries,
        ServerUser user,
        CancellationToken cancellationToken)
    {
        // Made aside and renamed, so that an interrupted initdb leaves nothing that looks like a cluster.
        var making = cluster + ".new";
        if (Directory.Exists(making))
        {
            Directory.Delete(making, recursive: true);
        }

        var password = Path.Combine(options.DataFolder, "password");
        try
        {
            await WritePrivatelyAsync(password, options.Password, cancellationToken);
            user.Own(password);
            string[] arguments =
            [
                "-D", making, "-U", Superuser, "--pwfile", password, "--auth", "scram-sha-256",
                "--encoding", "UTF8", "--locale", "C", "--no-instructions", .. options.Ephemeral ? ["--no-sync"] : Array.Empty<string>(),
            ];
            var (exitCode, output) = await user.RunToEndAsync(binaries.Initdb, arguments, cancellationToken);
            if (exitCode != 0)
            {
                throw new LocalPostgresException($"initdb failed in {making}:\n{output}");
            }
        }
        finally
        {
            File.Delete(password);
        }

        Directory.Move(making, cluster);
    }

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

    // The lock goes last: until then the folder is visibly ours. Windows cannot delete an open file.
    private static void Delete(string dataFolder, FolderLock folderLock)
    {
        foreach (var folder in Directory.EnumerateDirectories(dataFolder))
        {
            Directory.Delete(folder, recursive: true);
        }

        if (OperatingSystem.IsWindows())
        {
            folderLock.Dispose();
        }

        Directory.Delete(dataFolder, recursive: true);
    }

    private Dictionary<string, string> Settings()
    {
        Dictionary<string, string> settings = new()
        {
            ["listen_addresses"] = "127.0.0.1",
            ["port"] = Port.ToString(CultureInfo.InvariantCulture),
            ["unix_socket_directories"] = "",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
        };
        if (_options.Ephemeral)
        {
            settings["fsync"] = "off";
            settings["synchronous_commit"] = "off";
            settings["full_page_writes"] = "off";
        }

        foreach (var (name, value) in _options.Settings)
        {
            settings[name] = value;
        }

        return settings;
    }

    private async Task<Process> LaunchAsync(ServerLog log)
    {
        var command = Command;
        var start = new ProcessStartInfo(command.FileName, command.Arguments)
        {
            WorkingDirectory = command.WorkingDirectory,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        _process?.Dispose();
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) => log.Add(line.Data);
        _process.OutputDataReceived += (_, line) => log.Add(line.Data);
        await LastingThread.StartAsync(_process);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        return _process;
    }

    private async Task AnswerAsync(Process process, ServerLog log, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            if (process.HasExited)
            {
                // The process is gone before the last of what it wrote has been read.
                await process.WaitForExitAsync(cancellationToken);
                throw new LocalPostgresException($"PostgreSQL ended with exit code {process.ExitCode}:\n{log}");
            }

            if (Stopwatch.GetElapsedTime(since) > _options.StartTimeout)
            {
                throw new LocalPostgresException($"PostgreSQL did not answer within {_options.StartTimeout}:\n{log}");
            }

            if (await AnswersAsync(cancellationToken))
            {
                return;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        if (!ServerProcesses.IsReady(Cluster))
        {
            return false;
        }

        try
        {
            await using var connection = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(ConnectionString(Superuser)) { Pooling = false }.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            return true;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            throw new LocalPostgresException(
                $"The server's password is not the given one; the folder {_options.DataFolder} was made with another. Give that one, or reset the folder.", e);
        }
        catch (NpgsqlException)
        {
            // Ready a moment ago is not always ready now.
            return false;
        }
    }

    private static bool LostThePort(Process process, ServerLog log) =>
        process.HasExited && log.ToString().Contains("could not bind", StringComparison.Ordinal);
}
