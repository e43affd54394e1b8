using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Payments.Worker.Drop;

/// <summary>What .NET does not offer of files on Linux and macOS: opening without following a link or waiting for a pipe, and what an entry is.</summary>
/// <remarks>.NET 10 tells a link from a file, but not a pipe, a socket or a device. The layouts and numbers are those of the systems' own headers.</remarks>
internal static class UnixFiles
{
    private const int NotFound = 2;
    private const int NotSameDevice = 18;

    // stat.h: the type of an entry within its mode.
    private const int TypeMask = 0xF000;
    private const int CurrentFolder = -100;
    private const int NoFollowFlag = 0x100;
    private const int NoAutomount = 0x800;
    private const int EmptyPath = 0x1000;
    private const uint BasicFields = 0x7FF;
    private const int StatxBytes = 256;
    private const int MacStatBytes = 144;

    // file.h
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;

    // A link must not slip through where a number means something else: these differ by architecture.
    private static readonly bool HasArmNumbers =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le;

    private static int FolderOnly => OperatingSystem.IsMacOS() ? 0x100000 : HasArmNumbers ? 0x4000 : 0x10000;

    private static int NoFollow => OperatingSystem.IsMacOS() ? 0x100 : HasArmNumbers ? 0x8000 : 0x20000;

    private static int NonBlocking => OperatingSystem.IsMacOS() ? 0x4 : 0x800;

    private static int CloseOnExec => OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    private static int IsLink => OperatingSystem.IsMacOS() ? 62 : 40;

    private static int WouldBlock => OperatingSystem.IsMacOS() ? 35 : 11;

    /// <summary>Opens a file for reading, or whatever has come to its place meanwhile: never what a link leads to, and without waiting.</summary>
    /// <exception cref="IOException">It cannot be opened, or is a link.</exception>
    public static SafeFileHandle Open(string path) => Open(path, 0);

    /// <summary>Opens a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="mayBeLink">Whether a link to a folder will do.</param>
    /// <exception cref="IOException">There is none, or it is a link.</exception>
    public static SafeFileHandle OpenFolder(string path, bool mayBeLink) => Open(path, FolderOnly, mayBeLink);

    /// <summary>What is at a path, links not followed; null when there is nothing. Linux only.</summary>
    /// <exception cref="IOException">It cannot be told.</exception>
    public static FolderEntry? Look(string path)
    {
        var stat = new byte[StatxBytes];
        if (Statx(CurrentFolder, Terminated(path), NoFollowFlag | NoAutomount, BasicFields, stat) == 0) return ReadStatx(Path.GetFileName(path), stat);
        return Marshal.GetLastPInvokeError() == NotFound ? null : throw Failure(path);
    }

    /// <summary>What an open handle is.</summary>
    /// <exception cref="IOException">It cannot be told.</exception>
    public static FolderEntry Look(SafeFileHandle handle, string name)
    {
        if (OperatingSystem.IsMacOS())
        {
            var macStat = new byte[MacStatBytes];
            var result = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? FstatOfX64(handle, macStat) : Fstat(handle, macStat);
            return result == 0 ? ReadMacStat(name, macStat) : throw Failure(name);
        }

        var stat = new byte[StatxBytes];
        return StatxOf(handle, [0], EmptyPath, BasicFields, stat) == 0 ? ReadStatx(name, stat) : throw Failure(name);
    }

    /// <summary>Locks a file as .NET does for <see cref="FileShare.None"/>; false: another process has it. A file system without locks has none.</summary>
    public static bool TryLock(SafeFileHandle handle) => Flock(handle, LockExclusive | LockNonBlocking) == 0 || Marshal.GetLastPInvokeError() != WouldBlock;

    /// <summary>Renames an entry, a link as such; false: the new place is on another file system.</summary>
    /// <exception cref="IOException">It cannot be renamed.</exception>
    public static bool TryRename(string from, string to)
    {
        if (Rename(Terminated(from), Terminated(to)) == 0) return true;
        return Marshal.GetLastPInvokeError() == NotSameDevice ? false : throw Failure(from);
    }

    private static SafeFileHandle Open(string path, int flags, bool mayBeLink = false)
    {
        var descriptor = Open(Terminated(path), flags | NonBlocking | CloseOnExec | (mayBeLink ? 0 : NoFollow));
        if (descriptor >= 0) return new(descriptor, ownsHandle: true);
        throw Marshal.GetLastPInvokeError() == IsLink ? new SkippedEntryException(EntryKind.SymbolicLink) : Failure(path);
    }

    private static IOException Failure(string path) => Marshal.GetLastPInvokeError() == NotFound
        ? new FileNotFoundException($"{Path.GetFileName(path)}: {Marshal.GetLastPInvokeErrorMessage()}")
        : new IOException($"{Path.GetFileName(path)}: {Marshal.GetLastPInvokeErrorMessage()}");

    private static byte[] Terminated(string path) => [.. Encoding.UTF8.GetBytes(path), 0];

    private static FolderEntry ReadStatx(string name, ReadOnlySpan<byte> stat) => Entry(
        name,
        mode: Read<ushort>(stat, 28),
        links: Read<uint>(stat, 16),
        size: Read<long>(stat, 40),
        seconds: Read<long>(stat, 112),
        nanoseconds: Read<uint>(stat, 120));

    private static FolderEntry ReadMacStat(string name, ReadOnlySpan<byte> stat) => Entry(
        name,
        mode: Read<ushort>(stat, 4),
        links: Read<ushort>(stat, 6),
        size: Read<long>(stat, 96),
        seconds: Read<long>(stat, 48),
        nanoseconds: Read<long>(stat, 56));

    private static T Read<T>(ReadOnlySpan<byte> stat, int at)
        where T : unmanaged => MemoryMarshal.Read<T>(stat[at..]);

    private static FolderEntry Entry(string name, ushort mode, uint links, long size, long seconds, long nanoseconds)
    {
        var kind = (mode & TypeMask) switch
        {
            0x8000 => links > 1 ? EntryKind.HardLink : EntryKind.File,
            0x4000 => EntryKind.Folder,
            0xA000 => EntryKind.SymbolicLink,
            0x1000 => EntryKind.Pipe,
            0xC000 => EntryKind.Socket,
            _ => EntryKind.Device,
        };
        return new(name, kind, size, WrittenAt(seconds, nanoseconds));
    }

    // A file system may say anything; an instant that .NET does not have is as good as its nearest.
    private static DateTime WrittenAt(long seconds, long nanoseconds) => DateTime.UnixEpoch
        .AddSeconds(Math.Clamp(seconds, -62_135_596_800, 253_402_300_798))
        .AddTicks(Math.Clamp(nanoseconds, 0, 999_999_999) / 100);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int folder, byte[] path, int flags, uint mask, byte[] stat);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatxOf(SafeFileHandle handle, byte[] path, int flags, uint mask, byte[] stat);

    [DllImport("libc", EntryPoint = "fstat", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fstat(SafeFileHandle handle, byte[] stat);

    [DllImport("libc", EntryPoint = "fstat$INODE64", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FstatOfX64(SafeFileHandle handle, byte[] stat);

    [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Flock(SafeFileHandle handle, int operation);

    [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Rename(byte[] from, byte[] to);
}
