using System.ComponentModel.DataAnnotations;

namespace Payments.Pipeline.Quality;

/// <summary>How drift and quality are measured; configuration section <c>Quality</c>.</summary>
public sealed class QualityOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Quality";

    /// <summary>The newest complete days whose payments are held against the reference, 1 to 366. Default 7.</summary>
    [Range(1, 366)]
    public int DriftDays { get; set; } = 7;

    /// <summary>The first full days that are the reference as long as no model's training window is, 1 to 366. Default 28.</summary>
    [Range(1, 366)]
    public int ReferenceDays { get; set; } = 28;

    /// <summary>Payments of a reference window that its bins are made of at most, 100 to 1,000,000; they stay in memory while it is taken. Default 100,000.</summary>
    [Range(100, 1_000_000)]
    public int ReferencePayments { get; set; } = 100_000;

    /// <summary>How long after a week's end its labels are taken to be known. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "366.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan LabelDelay { get; set; } = TimeSpan.FromDays(7);
}
