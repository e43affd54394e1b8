namespace Payments.Worker.Drop;

/// <summary>Tells files that are still being written from those that have come to rest, by looking again and again.</summary>
/// <param name="stableFor">How long size and time must have been the same; <see cref="SlowWriter"/> times as long for a file that was seen to grow.</param>
/// <param name="clock">The source of time.</param>
internal sealed class StableFiles(TimeSpan stableFor, TimeProvider clock)
{
    /// <summary>Who was seen to write bit by bit may just be making a pause.</summary>
    public const int SlowWriter = 5;

    private Dictionary<string, Sight> _seen = [];
    private Dictionary<string, Sight> _now = [];

    /// <summary>Starts a sweep.</summary>
    public void Begin() => _now = [];

    /// <summary>Whether a file's size and time of writing have been the same for long enough.</summary>
    /// <param name="path">Its path within the folder.</param>
    /// <param name="file">What it is now.</param>
    public bool HasRested(string path, FolderEntry file)
    {
        var now = clock.GetTimestamp();
        var isKnown = _seen.TryGetValue(path, out var earlier);
        var sight = isKnown && earlier!.Size == file.Size && earlier.Written == file.Written
            ? earlier
            : new Sight(file.Size, file.Written, now, HasGrown: isKnown);
        _now[path] = sight;
        return clock.GetElapsedTime(sight.Since, now) >= (sight.HasGrown ? stableFor * SlowWriter : stableFor);
    }

    /// <summary>Forgets the files that this sweep has not seen: one of the same name is a new one.</summary>
    public void End() => _seen = _now;

    private sealed record Sight(long Size, DateTime Written, long Since, bool HasGrown);
}
