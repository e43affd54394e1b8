using System.ComponentModel.DataAnnotations;

namespace Payments.Worker.Runs;

/// <summary>How the worker picks runs up; configuration section <c>Etl</c>.</summary>
public sealed class EtlOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Etl";

    /// <summary>Runs that one worker does at a time, 1 to 8 (an import needs one of eight staging lanes). Default 2.</summary>
    [Range(1, 8)]
    public int ParallelRuns { get; set; } = 2;

    /// <summary>How often a run that does not get on may meet a transient fault before it fails for good, 1 to 100. Outages (no database, no room on a disk) are waited for and not counted. Default 5.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>How often a run that does not get on may lose its worker before it fails for good, 1 to 1000: workers die of much that is no fault of the run. Default 50.</summary>
    [Range(1, 1000)]
    public int MaxLostWorkers { get; set; } = 50;

    /// <summary>Pause before the second attempt; every further one waits twice as long, at most <see cref="LongestRetryDelay"/>. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between two attempts. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan LongestRetryDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an idle worker trusts notifications before it looks by itself: how soon a dead worker's run is taken over and a retry begins. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The pause after an attempt that was the run's <paramref name="failedAttempts"/>-th to fail, from 1.</summary>
    internal TimeSpan DelayAfter(int failedAttempts)
    {
        // Behind that many doublings any pause is the longest, and the product would overflow.
        var delay = RetryDelay * Math.Pow(2, Math.Min(failedAttempts, 30) - 1);
        return delay < LongestRetryDelay ? delay : LongestRetryDelay;
    }
}
