using System.Diagnostics;

namespace Payments.Faults;

/// <summary>A file system of its own, small enough to be filled. Only root on Linux may mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Chunk = 1024 * 1024;
    private readonly bool _isMounted;

    private SmallDisk(string folder, bool isMounted) => (Folder, _isMounted) = (folder, isMounted);

    public static bool IsPossible { get; } = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && CanMount();

    public string Folder { get; }

    private string Ballast => Path.Combine(Folder, ".ballast");

    /// <summary>Mounts one on a folder; where that is not possible it is an ordinary folder, which nothing fills.</summary>
    public static SmallDisk On(string folder, int mebibytes)
    {
        Directory.CreateDirectory(folder);
        if (IsPossible) Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m,mode=755", "tmpfs", folder);
        return new(folder, IsPossible);
    }

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        if (!_isMounted) return;
        using var ballast = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var chunk = new byte[Chunk]; chunk.Length > 0;)
        {
            try
            {
                ballast.Write(chunk);
            }
            catch (IOException)
            {
                chunk = new byte[chunk.Length / 2];
            }
        }
    }

    /// <summary>Gives it back.</summary>
    public void Free() => File.Delete(Ballast);

    public void Dispose()
    {
        if (_isMounted) Run("umount", "--lazy", Folder);
        Directory.Delete(Folder, recursive: true);
    }

    private static bool CanMount()
    {
        var folder = Directory.CreateTempSubdirectory("payments-faults-").FullName;
        try
        {
            Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder);
            Run("umount", folder);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program}: {error.Trim()}");
    }
}
