using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Payments.Worker.Drop;

/// <summary>Tells whether somebody still has a file open for writing, however long the pause since the last byte.</summary>
/// <remarks>Linux refuses a read lease on such a file. Elsewhere, on network file systems and for other users' files nothing tells, and time alone decides.</remarks>
internal static class OpenFiles
{
    // fcntl.h, the same on every Linux architecture that .NET has.
    private const int SetLeaseSignal = 10;
    private const int SetLease = 1024;
    private const int ReadLease = 0;
    private const int NoLease = 2;
    private const int Refused = 11;

    // A writer that comes while the lease is held would end this process by SIGIO; this signal is ignored unless handled.
    private const int SigUrgent = 23;

    /// <summary>Whether somebody is known to write the file, which is open for reading.</summary>
    public static bool HasWriter(SafeFileHandle handle)
    {
        if (!OperatingSystem.IsLinux()) return false;
        _ = Control(handle, SetLeaseSignal, SigUrgent);
        if (Control(handle, SetLease, ReadLease) != 0) return Marshal.GetLastPInvokeError() == Refused;
        _ = Control(handle, SetLease, NoLease);
        return false;
    }

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(SafeFileHandle handle, int command, int argument);
}
