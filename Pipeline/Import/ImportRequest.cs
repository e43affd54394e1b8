namespace Payments.Pipeline.Import;

/// <summary>What to do with a file.</summary>
/// <param name="Profile">One of <see cref="ImportProfiles.Offered"/>; null: the content tells.</param>
/// <param name="Mode">One of <see cref="ImportMode"/>.</param>
/// <param name="FileName">What the sender calls it; a name ending in <c>.gz</c> or <c>.zip</c> declares compression. Kept for people, never used as a path.</param>
/// <param name="RequestedBy">One of <see cref="Runs.RunRequester"/>.</param>
/// <param name="RequestKey">What asked, unique over all time: the same key again is the same import. Null: every request is an import of its own.</param>
/// <param name="Compression">What the file is declared to be by other means than its name (<c>Content-Encoding</c>, <c>Content-Type</c>).</param>
public sealed record ImportRequest(
    string? Profile,
    string Mode,
    string? FileName,
    string RequestedBy,
    string? RequestKey = null,
    Compression Compression = Compression.None)
{
    internal Compression DeclaredCompression =>
        Compression != Compression.None ? Compression
        : EndsWith(".gz") ? Compression.Gzip
        : EndsWith(".zip") ? Compression.Zip
        : Compression.None;

    private bool EndsWith(string ending) => FileName?.EndsWith(ending, StringComparison.OrdinalIgnoreCase) ?? false;
}

/// <summary>What an import may do to payments that are known.</summary>
public static class ImportMode
{
    /// <summary>A known payment with other content is a conflict.</summary>
    public const string Insert = "insert";

    /// <summary>A record may move a known payment along its lifecycle.</summary>
    public const string Update = "update";
}

/// <summary>A received import.</summary>
/// <param name="ImportId">Its id in <c>ops.imports</c>.</param>
/// <param name="RunId">The run that does it.</param>
/// <param name="IsOfThisFile">False when the request's key had been used for another file, profile or mode: the import is that one's.</param>
public sealed record ImportTicket(long ImportId, long RunId, bool IsOfThisFile);
