namespace Payments.Worker.Drop;

/// <summary>An entry is not to be used, as <see cref="Kind"/> says.</summary>
internal sealed class SkippedEntryException(EntryKind kind) : IOException(SkippedEntry.Advice(kind))
{
    /// <summary>What it is.</summary>
    public EntryKind Kind => kind;
}
