using System.ComponentModel.DataAnnotations;

namespace Payments.Pipeline.Alerts;

/// <summary>Section <c>Feed</c>: how long events can be read, and how the API tells them.</summary>
public sealed class FeedOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Feed";

    /// <summary>Days that events are kept. Default 3.</summary>
    [Range(1, 3650)]
    public int Days { get; set; } = 3;

    /// <summary>Events that are kept at most, whatever their age. Default 2,000,000.</summary>
    [Range(1, long.MaxValue)]
    public long Events { get; set; } = 2_000_000;

    /// <summary>Readers that an API instance serves at once. Default 200.</summary>
    [Range(1, 100_000)]
    public int Readers { get; set; } = 200;

    /// <summary>Newest events that an API instance keeps in memory for all of its readers; who is further behind reads from the database. Default 4,096.</summary>
    [Range(16, 1_000_000)]
    public int Buffer { get; set; } = 4096;

    /// <summary>After how much silence a reader gets a sign of life. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often an API instance looks for events without having been woken. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(5);
}
