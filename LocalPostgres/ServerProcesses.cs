using System.Diagnostics;
using System.Globalization;

namespace Payments.LocalPostgres;

/// <summary>The PostgreSQL processes that work on a database cluster, whoever started them.</summary>
internal static class ServerProcesses
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// Stops the server on this cluster, if one runs, and leaves the cluster ready for the next one: after kill -9 the stale
    /// postmaster.pid may name a process id that is somebody else's by now, and PostgreSQL would refuse to start.
    /// </summary>
    /// <remarks>Windows has no signals: there the server is ended and recovers at its next start.</remarks>
    public static async Task StopAsync(string cluster, int signal, CancellationToken cancellationToken)
    {
        var running = On(cluster);
        if (Postmaster(cluster) is { } postmaster && running.Contains(postmaster) && !OperatingSystem.IsWindows())
        {
            Libc.Signal(postmaster, signal);
            await WaitUntilGoneAsync(cluster, cancellationToken);
        }

        foreach (var left in On(cluster))
        {
            Kill(left);
        }

        await WaitUntilGoneAsync(cluster, cancellationToken);
        if (On(cluster) is [var survivor, ..])
        {
            throw new LocalPostgresException($"The PostgreSQL server on {cluster} (process {survivor}) does not stop.");
        }

        if (Directory.Exists(cluster))
        {
            File.Delete(PidFile(cluster));
        }
    }

    /// <summary>Their process ids. Elsewhere than on Linux only the server's own process is known.</summary>
    public static IReadOnlyList<int> On(string cluster) =>
        OperatingSystem.IsLinux()
            ? [.. Directory.EnumerateDirectories("/proc")
                .Select(folder => int.TryParse(Path.GetFileName(folder), NumberFormatInfo.InvariantInfo, out var id) ? id : 0)
                .Where(id => id > 0 && WorksOn(id, cluster))]
            : Postmaster(cluster) is { } id && IsPostgres(id) ? [id] : [];

    /// <summary>
    /// Whether this cluster's own server says that it takes connections. The port cannot tell: another server may have been
    /// quicker to take it.
    /// </summary>
    public static bool IsReady(string cluster) => PidFileLines(cluster) is [_, _, _, _, _, _, _, var status] && status.Trim() == "ready";

    private static string PidFile(string cluster) => Path.Combine(cluster, "postmaster.pid");

    private static int? Postmaster(string cluster) =>
        PidFileLines(cluster) is [var first, ..] && int.TryParse(first, NumberFormatInfo.InvariantInfo, out var id) ? id : null;

    private static string[] PidFileLines(string cluster)
    {
        try
        {
            return File.ReadAllLines(PidFile(cluster));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static bool WorksOn(int processId, string cluster)
    {
        try
        {
            if (File.ReadAllText($"/proc/{processId}/comm").Trim() != "postgres")
            {
                return false;
            }

            // Only the server's own process names the cluster; its children just work in it, which a container may not let us see.
            return File.ReadAllText($"/proc/{processId}/cmdline").Split('\0').Contains(cluster)
                || new FileInfo($"/proc/{processId}/cwd").LinkTarget == cluster;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsPostgres(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.ProcessName == "postgres";
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void Kill(int processId)
    {
        if (!OperatingSystem.IsWindows())
        {
            Libc.Signal(processId, Libc.SigKill);
            return;
        }

        using var process = Process.GetProcessById(processId);
        process.Kill(entireProcessTree: true);
    }

    private static async Task WaitUntilGoneAsync(string cluster, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        while (On(cluster).Count > 0 && Stopwatch.GetElapsedTime(since) < Patience)
        {
            await Task.Delay(Pause, cancellationToken);
        }
    }
}
