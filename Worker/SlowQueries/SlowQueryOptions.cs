using System.ComponentModel.DataAnnotations;

namespace Payments.Worker.SlowQueries;

/// <summary>When a statement is slow; configuration section <c>SlowQueries</c>.</summary>
public sealed class SlowQueryOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "SlowQueries";

    /// <summary>From when on a statement of the API or of a BI tool is slow. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan After { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>From when on a worker's statement is slow: a batch, a settling, a proof of the whole store may take its time. Default 30 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan RunsAfter { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How often the worker looks; also how soon a cancellation takes effect. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Every { get; set; } = TimeSpan.FromSeconds(2);
}
