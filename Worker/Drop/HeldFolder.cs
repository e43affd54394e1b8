using System.IO.Enumeration;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;

namespace Payments.Worker.Drop;

/// <summary>A folder that is held open, whose entries are looked at, opened and moved without following a link.</summary>
/// <remarks>
/// On Linux everything is reached through the open folder (<c>/proc/self/fd</c>): a folder that is exchanged for a link meanwhile leads nowhere.
/// Elsewhere it is reached by its path, and only the entry itself is checked again.
/// </remarks>
internal sealed partial class HeldFolder : IDisposable
{
    private const int BufferBytes = 128 * 1024;
    private const string CopyEnd = ".part";
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false, ReturnSpecialDirectories = false };

    private readonly SafeFileHandle? _handle;
    private readonly string _way;

    private HeldFolder(string path, SafeFileHandle? handle)
    {
        _handle = handle;
        _way = path;
        if (handle is null || !OperatingSystem.IsLinux()) return;
        var held = $"/proc/self/fd/{handle.DangerousGetHandle()}";
        if (Directory.Exists(held)) _way = held;
    }

    /// <summary>Opens a folder by its path, making it if there is none. It may be a link itself: the operator decides where the storage is.</summary>
    public static HeldFolder Open(string path)
    {
        Directory.CreateDirectory(path);
        return new(path, OperatingSystem.IsWindows() ? null : UnixFiles.OpenFolder(path, mayBeLink: true));
    }

    /// <summary>An error's text without the number by which the folder was reached, which is another one in every sweep.</summary>
    public static string Readable(string message) => Way().Replace(message, "(folder)");

    /// <summary>Opens a folder in this one.</summary>
    /// <exception cref="SkippedEntryException">It is a link, or no folder.</exception>
    public HeldFolder OpenFolder(string name)
    {
        var path = Path.Combine(_way, name);
        if (Look(name) is { Kind: not EntryKind.Folder and var kind }) throw new SkippedEntryException(kind);
        return new(path, OperatingSystem.IsWindows() ? null : UnixFiles.OpenFolder(path, mayBeLink: false));
    }

    /// <summary>Opens a folder in this one, making it if there is none.</summary>
    /// <exception cref="SkippedEntryException">It is a link, or no folder.</exception>
    public HeldFolder MakeFolder(string name)
    {
        if (Look(name) is null) Directory.CreateDirectory(Path.Combine(_way, name));
        return OpenFolder(name);
    }

    /// <summary>The names of the entries, in ordinal order. Bytes that are not UTF-8 show as U+FFFD, and nothing opens such a name.</summary>
    public List<string> Names()
    {
        var names = new FileSystemEnumerable<string>(_way, (ref FileSystemEntry entry) => entry.FileName.ToString(), Everything).ToList();
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>What an entry is; null when it is gone.</summary>
    /// <exception cref="SkippedEntryException">Its name is not UTF-8.</exception>
    public FolderEntry? Look(string name)
    {
        var path = Path.Combine(_way, name);
        var entry = OperatingSystem.IsLinux() ? UnixFiles.Look(path) : LookByAttributes(path);
        return entry is null && name.Contains('\uFFFD', StringComparison.Ordinal) ? throw new SkippedEntryException(EntryKind.InvalidName) : entry;
    }

    /// <summary>Opens a file for this process alone.</summary>
    /// <exception cref="SkippedEntryException">It is no regular file, or somebody else has it.</exception>
    public FileStream OpenFile(string name)
    {
        var path = Path.Combine(_way, name);
        if (OperatingSystem.IsWindows())
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None, BufferBytes, FileOptions.SequentialScan);
            if (LookByAttributes(path) is { Kind: EntryKind.File }) return stream;
            stream.Dispose();
            throw new SkippedEntryException(EntryKind.SymbolicLink);
        }

        var handle = UnixFiles.Open(path);
        try
        {
            var kind = UnixFiles.Look(handle, name).Kind;
            if (kind != EntryKind.File) throw new SkippedEntryException(kind);
            if (!UnixFiles.TryLock(handle)) throw new SkippedEntryException(EntryKind.InUse);
            return new(handle, FileAccess.Read, BufferBytes, isAsync: false);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Moves an entry, a link as such; what has the new name there is replaced. Onto another file system the content of a regular file is copied first.</summary>
    public void Move(string name, HeldFolder folder, string newName, Action step)
    {
        var (from, to) = (Path.Combine(_way, name), Path.Combine(folder._way, newName));
        if (OperatingSystem.IsWindows()) File.Move(from, to, overwrite: true);
        else if (!UnixFiles.TryRename(from, to)) MoveByCopy(name, folder, newName, step);
    }

    /// <summary>Removes an entry, a link as such.</summary>
    public void Delete(string name) => File.Delete(Path.Combine(_way, name));

    /// <summary>Removes copies that a process left unfinished; one that is still being written is locked.</summary>
    public void RemoveUnfinished()
    {
        foreach (var name in Names().Where(name => name.StartsWith('.') && name.EndsWith(CopyEnd, StringComparison.Ordinal)))
        {
            try
            {
                using var unfinished = OpenFile(name);
                Delete(name);
            }
            catch (IOException)
            {
                // Somebody writes it, or has just finished.
            }
        }
    }

    /// <summary>Writes a new file; what has its name is replaced, never written through.</summary>
    public async Task WriteAsync(string name, string text)
    {
        Delete(name);
        await using var writer = new StreamWriter(new FileStream(Path.Combine(_way, name), FileMode.CreateNew, FileAccess.Write, FileShare.None));
        await writer.WriteLineAsync(text);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle?.Dispose();

    [GeneratedRegex("/proc/self/fd/[0-9]+")]
    private static partial Regex Way();

    private static FolderEntry? LookByAttributes(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists) return Directory.Exists(path) || file.LinkTarget is not null ? new(file.Name, KindOf(file), 0, default) : null;
        return new(file.Name, KindOf(file), file.Length, file.LastWriteTimeUtc);
    }

    private static EntryKind KindOf(FileInfo file) => file switch
    {
        { LinkTarget: not null } => EntryKind.SymbolicLink,
        { Attributes: var attributes } when attributes.HasFlag(FileAttributes.Directory) => EntryKind.Folder,
        _ => EntryKind.File,
    };

    // The copy has a name that every sweep leaves alone until it is whole and on the disk. What was written since stays for the next sweep.
    private void MoveByCopy(string name, HeldFolder folder, string newName, Action step)
    {
        var copy = Path.Combine(folder._way, $".{newName}{CopyEnd}");
        try
        {
            using var source = OpenFile(name);
            var before = Look(name);
            File.Delete(copy);
            using (var target = new FileStream(copy, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                new SteppingStream(source, step).CopyTo(target, BufferBytes);
                target.Flush(flushToDisk: true);
            }

            if (Look(name) != before) throw new SkippedEntryException(EntryKind.InUse);
            if (!UnixFiles.TryRename(copy, Path.Combine(folder._way, newName))) throw new IOException($"{newName} cannot be renamed.");
            Delete(name);
        }
        finally
        {
            File.Delete(copy);
        }
    }
}
