namespace Payments.Pipeline.Import;

/// <summary>A file being received exceeds <see cref="ImportOptions.MaxFileBytes"/>; nothing of it was kept.</summary>
/// <param name="limit">The limit, in bytes.</param>
public sealed class FileTooLargeException(long limit)
    : Exception($"The file is larger than {limit} bytes, the limit that Import:MaxFileBytes sets.")
{
    /// <summary>The limit, in bytes.</summary>
    public long Limit => limit;
}
