namespace Payments.Worker.Drop;

/// <summary>What an entry of the drop folder is; all but <see cref="File"/> and <see cref="Folder"/> are reasons to skip it.</summary>
internal enum EntryKind
{
    /// <summary>A regular file, with one name.</summary>
    File,

    /// <summary>A folder, not a link to one.</summary>
    Folder,

    /// <summary>A link, to whatever.</summary>
    SymbolicLink,

    /// <summary>A regular file that has other names too, which may lie outside the folder.</summary>
    HardLink,

    /// <summary>A named pipe.</summary>
    Pipe,

    /// <summary>A Unix domain socket.</summary>
    Socket,

    /// <summary>A character or block device.</summary>
    Device,

    /// <summary>Its name is not UTF-8, so that nothing can open it.</summary>
    InvalidName,

    /// <summary>A program has it open, and has had for a while.</summary>
    InUse,

    /// <summary>It cannot be read or moved: the grants, the disk.</summary>
    Unusable,
}
