using System.ComponentModel.DataAnnotations;

namespace Payments.Worker.Drop;

/// <summary>How the drop folder (<c>Storage:Path</c>/drop) is watched; configuration section <c>Drop</c>.</summary>
public sealed class DropOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Drop";

    /// <summary>Whether this worker watches the folder. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How often it looks; polling works on every file system, network shares included. Default 250 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a file's size and time must stay the same before it is taken. Default 750 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan StableFor { get; set; } = TimeSpan.FromMilliseconds(750);

    /// <summary>How long a sweep may come no further (no entry done, nothing read) before the folder is reported as stuck. Default 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromMinutes(2);
}
