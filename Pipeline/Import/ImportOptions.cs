using System.ComponentModel.DataAnnotations;

namespace Payments.Pipeline.Import;

/// <summary>Section <c>Import</c>: sizes and limits of file imports.</summary>
public sealed class ImportOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Import";

    /// <summary>Records in a batch: one batch is one transaction, and what a crash has to do again.</summary>
    [Range(1, 1_000_000)]
    public int BatchRecords { get; set; } = 50_000;

    /// <summary>Bytes of records in a batch, kept in memory until it is loaded (rejected records are quoted from them).</summary>
    [Range(1, 256 * 1024 * 1024)]
    public int BatchBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Largest file that is received, in bytes as sent.</summary>
    [Range(1, long.MaxValue)]
    public long MaxFileBytes { get; set; } = 16L * 1024 * 1024 * 1024;

    /// <summary>Slowest pace at which an upload may come, in bytes a second over any stretch longer than <see cref="GraceSeconds"/>; 0: any.</summary>
    [Range(0, int.MaxValue)]
    public int MinBytesPerSecond { get; set; } = 1_024;

    /// <summary>How long an upload may stay behind <see cref="MinBytesPerSecond"/>, in seconds; the server looks once a second.</summary>
    [Range(2, 3_600)]
    public int GraceSeconds { get; set; } = 10;

    /// <summary>How long an upload may take at any pace, in seconds.</summary>
    [Range(1, 7 * 86_400)]
    public int MaxUploadSeconds { get; set; } = 6 * 3_600;

    /// <summary>Largest size of a compressed file's content, in bytes.</summary>
    [Range(1, long.MaxValue)]
    public long MaxExpandedBytes { get; set; } = 64L * 1024 * 1024 * 1024;

    /// <summary>The merchant of Stripe's charges that name none: the account's own.</summary>
    [RegularExpression("[A-Za-z0-9_-]{1,50}")]
    public string StripeAccount { get; set; } = "stripe";

    /// <summary>How many times larger than the file its content may be (looked at from 16 MiB of content on); text rarely exceeds 50, a bomb reaches 1,000.</summary>
    [Range(1, 1_000)]
    public int MaxExpansion { get; set; } = 200;
}
