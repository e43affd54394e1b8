namespace Payments.Pipeline.Import;

/// <summary>How a file is declared to be compressed.</summary>
public enum Compression
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>gzip (RFC 1952); several members are one content.</summary>
    Gzip,

    /// <summary>A zip archive with exactly one file.</summary>
    Zip,
}
