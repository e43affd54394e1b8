namespace Payments.Pipeline.Runs;

/// <summary>Tells a disk without room from other faults of files.</summary>
public static class DiskFull
{
    private const int Enospc = 28;
    private const int Edquot = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>Whether the fault is that of a disk or a quota without room.</summary>
    public static bool Is(Exception error) =>
        error is IOException && error.HResult is Enospc or Edquot or WindowsDiskFull or WindowsHandleDiskFull;
}
