namespace Payments.Worker.Drop;

/// <summary>Tells files that are still being written from those that have come to rest, by looking again and again.</summary>
/// <param name="stableFor">How long size and time must have been the same; <see cref="SlowWriter"/> times as long for a file that was seen to grow.</param>
/// <param name="clock">The source of time.</param>
internal sealed class StableFiles(TimeSpan stableFor, TimeProvider clock)
{
    /// <summary>Who was seen to write bit by bit may just be making a pause.</summary>
    public const int SlowWriter = 5;

    private Dictionary<string, Sight> _seen = [];

    /// <summary>Those of the files whose size and time of writing have been the same for long enough.</summary>
    public IReadOnlyList<FileInfo> Of(IEnumerable<FileInfo> files)
    {
        var now = clock.GetTimestamp();
        var seen = new Dictionary<string, Sight>();
        var stable = new List<FileInfo>();
        foreach (var file in files.Where(file => file.Exists))
        {
            var isKnown = _seen.TryGetValue(file.FullName, out var earlier);
            var sight = isKnown && earlier!.Size == file.Length && earlier.Written == file.LastWriteTimeUtc
                ? earlier
                : new Sight(file.Length, file.LastWriteTimeUtc, now, HasGrown: isKnown);
            seen[file.FullName] = sight;
            if (clock.GetElapsedTime(sight.Since, now) >= (sight.HasGrown ? stableFor * SlowWriter : stableFor)) stable.Add(file);
        }

        _seen = seen;
        return stable;
    }

    private sealed record Sight(long Size, DateTime Written, long Since, bool HasGrown);
}
