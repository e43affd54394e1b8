using System.Runtime.InteropServices;
using System.Text;

namespace Payments.Pipeline.Import;

/// <summary>Makes renames in a folder survive a power cut. .NET opens no folders, so this asks the C library.</summary>
internal static class DurableFolder
{
    private const int ReadOnly = 0;

    /// <summary>Returns when the folder's entries are on the disk. Windows keeps them by itself.</summary>
    /// <exception cref="IOException">The disk would not.</exception>
    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open([.. Encoding.UTF8.GetBytes(folder), 0], ReadOnly);
        if (descriptor < 0) throw Failure(folder);
        try
        {
            if (Fsync(descriptor) != 0) throw Failure(folder);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string folder) => new($"{folder} cannot be synced: {Marshal.GetLastPInvokeErrorMessage()}");

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
