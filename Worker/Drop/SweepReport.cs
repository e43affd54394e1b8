namespace Payments.Worker.Drop;

/// <summary>How the drop folder stands.</summary>
/// <param name="Status"><see cref="Watching"/>, <see cref="Failed"/> or <see cref="Stuck"/>.</param>
/// <param name="Error">Why it is not watching.</param>
/// <param name="StartedAt">When the last sweep started, UTC.</param>
/// <param name="EndedAt">When a sweep last ended, UTC; before <see cref="StartedAt"/> while one is under way.</param>
/// <param name="SkippedCount">Entries that are left alone.</param>
/// <param name="Skipped">The first of them by name.</param>
internal sealed record SweepReport(
    string Status, string? Error, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, int SkippedCount, IReadOnlyList<SkippedEntry> Skipped)
{
    /// <summary>The folder is swept as it should be.</summary>
    public const string Watching = "watching";

    /// <summary>The last sweep failed, or one of our own folders cannot be used.</summary>
    public const string Failed = "failed";

    /// <summary>A sweep is under way that has come no further for longer than <see cref="DropOptions.StuckAfter"/>.</summary>
    public const string Stuck = "stuck";

    /// <summary>Whether the two say the same, but for the time.</summary>
    public bool IsLike(SweepReport? other) => other is not null && Status == other.Status && Error == other.Error && Skipped.SequenceEqual(other.Skipped);
}
