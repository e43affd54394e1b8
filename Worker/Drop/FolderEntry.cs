namespace Payments.Worker.Drop;

/// <summary>An entry as it was when it was looked at; a link is described itself, never what it leads to.</summary>
/// <param name="Name">Its name in its folder.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Bytes, of a file.</param>
/// <param name="Written">When a file was last written, UTC.</param>
internal sealed record FolderEntry(string Name, EntryKind Kind, long Size, DateTime Written);
