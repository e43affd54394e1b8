using System.ComponentModel.DataAnnotations;

namespace Payments.Pipeline.Import;

/// <summary>Section <c>Storage</c>: where received files live. API and worker must see the same folder.</summary>
public sealed class StorageOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Storage";

    /// <summary>Folder that holds <c>spool/</c> (received files, named by their content's hash), <c>drop/</c> (files to be picked up) and <c>archive/</c> (months of payments).</summary>
    [Required]
    public required string Path { get; set; }

    /// <summary>How long an unfinished upload must have been without its process and without a new byte before it is removed from the spool. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan AbandonedAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Received files; made when it is first needed.</summary>
    public string SpoolPath => In("spool");

    /// <summary>Files laid here are imported.</summary>
    public string DropPath => In("drop");

    /// <summary>Months of payments that have left the database; made when the first one does. The only copy: it belongs into the backup.</summary>
    public string ArchivePath => In("archive");

    // Validation reads every property, so these must not throw before it says that Path is missing.
    private string In(string folder) => System.IO.Path.Combine(Path ?? "", folder);
}
