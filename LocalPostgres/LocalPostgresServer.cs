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
    internal const string Superuser = "postgres";

    private const int StartAttempts = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly LocalPostgresOptions _options;
    private readonly ServerFolder _folder;
    private readonly PostgresBinaries _binaries;
    private readonly ServerUser _user;
    private Process? _process;
    private bool _disposed;

    private LocalPostgresServer(
        LocalPostgresOptions options, ServerFolder folder, PostgresBinaries binaries, ServerUser user)
    {
        (_options, _folder, _binaries, _user) = (options, folder, binaries, user);
        Port = ServerPort.Take(folder.PortFile, options.PreferredPort);
    }

    /// <summary>The TCP port on 127.0.0.1, taken when the server was prepared; <see cref="StartAsync"/> may have to move it.</summary>
    public int Port { get; private set; }

    /// <summary>PostgreSQL's major version.</summary>
    public int MajorVersion => _binaries.MajorVersion;

    /// <summary>Whether the process that <see cref="StartAsync"/> started lives.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>What runs the server, for whoever wants to start it otherwise than by <see cref="StartAsync"/>.</summary>
    public LocalPostgresCommand Command
    {
        get
        {
            var (fileName, arguments) = _user.Run(
                _binaries.Postgres,
                ["-D", _folder.Cluster, .. Settings().SelectMany(setting => (string[])["-c", $"{setting.Key}={setting.Value}"])],
                endsWithParent: true);
            return new LocalPostgresCommand(
                fileName, arguments, new Dictionary<string, string> { ["LC_ALL"] = "C" }, _folder.Cluster);
        }
    }

    /// <summary>
    /// Makes everything ready to start: finds the binaries, heals what a crash left, makes the cluster in an empty folder, takes a
    /// port. The folder is this process's until the server is disposed.
    /// </summary>
    /// <exception cref="LocalPostgresException">No binaries, a folder in use or out of reach, or initdb failed.</exception>
    public static async Task<LocalPostgresServer> PrepareAsync(
        LocalPostgresOptions options, CancellationToken cancellationToken = default)
    {
        var user = await ServerUser.FindAsync(cancellationToken);
        var folder = await ServerFolder.TakeAsync(options.DataFolder, cancellationToken);
        try
        {
            await folder.OpenToAsync(user, cancellationToken);
            await ServerProcesses.StopAsync(folder.Cluster, Libc.SigInt, cancellationToken);
            var version = await folder.ClusterVersionAsync(cancellationToken);
            var binaries = options.BinariesFolder is { } given
                ? await PostgresBinaries.InAsync(given, version, user, cancellationToken)
                : await PostgresBinaries.FindAsync(options.Source, version, user, cancellationToken);
            if (version is null)
            {
                await folder.MakeClusterAsync(options, binaries, user, cancellationToken);
            }

            return new LocalPostgresServer(options, folder, binaries, user);
        }
        catch
        {
            if (options.Ephemeral)
            {
                folder.Delete();
            }

            folder.Dispose();
            throw;
        }
    }

    /// <summary>Stops an ownerless server on this folder and deletes the folder with all its data.</summary>
    /// <param name="dataFolder">As in <see cref="LocalPostgresOptions.DataFolder"/>; it need not exist.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalPostgresException">A living process uses it: stop that first.</exception>
    public static async Task ResetAsync(string dataFolder, CancellationToken cancellationToken = default)
    {
        if (Directory.Exists(dataFolder))
        {
            using var folder = await ServerFolder.TakeAsync(dataFolder, cancellationToken);
            await RemoveAsync(folder, cancellationToken);
        }
    }

    /// <summary>Removes the ephemeral servers, with their folders, whose owners were killed.</summary>
    public static async Task RemoveAbandonedAsync(CancellationToken cancellationToken = default)
    {
        foreach (var folder in ServerFolder.TakeAbandoned(LocalPostgresFolders.Ephemeral))
        {
            using (folder)
            {
                await RemoveAsync(folder, cancellationToken);
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
                Port = ServerPort.Take(_folder.PortFile, _options.PreferredPort);
            }
        }
    }

    /// <summary>
    /// Stops the server, whoever started it, and gives the folder free: fast and cleanly, or at once when its data are
    /// <see cref="LocalPostgresOptions.Ephemeral"/>, which are then deleted.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        // A second time the folder may be another's.
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        using (_folder)
        {
            if (_options.Ephemeral)
            {
                await RemoveAsync(_folder, CancellationToken.None);
            }
            else
            {
                await ServerProcesses.StopAsync(_folder.Cluster, Libc.SigInt, CancellationToken.None);
            }
        }

        ServerPort.Release(Port);
        _process?.Dispose();
    }

    /// <summary>kill -9 of the server and all of its processes, for facts about what that loses; <see cref="StartAsync"/> starts it again.</summary>
    public async Task KillAsync(CancellationToken cancellationToken = default)
    {
        foreach (var process in ServerProcesses.On(_folder.Cluster))
        {
            Libc.Signal(process, Libc.SigKill);
        }

        await ServerProcesses.StopAsync(_folder.Cluster, Libc.SigKill, cancellationToken);
    }

    private static async Task RemoveAsync(ServerFolder folder, CancellationToken cancellationToken)
    {
        await ServerProcesses.StopAsync(folder.Cluster, Libc.SigQuit, cancellationToken);
        folder.Delete();
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
            // Sized for loading millions of rows on a developer's machine; what is committed is as durable as by default.
            ["shared_buffers"] = string.Create(CultureInfo.InvariantCulture, $"{BufferMebibytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)}MB"),
            ["max_wal_size"] = "4GB",
            // Each new segment of the log would be written once with zeros first, while everyone who writes waits.
            ["wal_init_zero"] = "off",
            ["checkpoint_timeout"] = "15min",
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

    /// <summary>A quarter of the machine's memory, as PostgreSQL's manual advises (20.4), between 128 MiB and 4 GiB; it is taken as it is used.</summary>
    internal static long BufferMebibytes(long memoryBytes) => Math.Clamp(memoryBytes / 4 / 1_048_576, 128, 4_096);

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
        if (!ServerProcesses.IsReady(_folder.Cluster))
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
