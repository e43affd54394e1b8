using System.Runtime.InteropServices;

namespace Aspire.Hosting.Running;

/// <summary>Signals, which .NET can receive but not send.</summary>
internal static class Unix
{
    public const int SigInt = 2;
    public const int SigTerm = 15;

    /// <summary>Sends a signal; a process that is gone, or not ours, is no error.</summary>
    public static void Signal(int processId, int signal) => _ = Kill(processId, signal);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
