using System.ComponentModel.DataAnnotations;

namespace Payments.Pipeline.Rescore;

/// <summary>How stored payments are scored anew; configuration section <c>Rescore</c>.</summary>
public sealed class RescoreOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Rescore";

    /// <summary>Changed scores that are written in one transaction, 1 to 100,000. A verdict on an alert waits for it, imports do not. Default 5,000.</summary>
    [Range(1, 100_000)]
    public int ChunkChanges { get; set; } = 5_000;

    /// <summary>Payments after which a transaction says how far the rescore has come, changes or not, 1 to 10,000,000: what a crash repeats at most. Default 100,000.</summary>
    [Range(1, 10_000_000)]
    public int ChunkPayments { get; set; } = 100_000;
}
