namespace Payments.Worker.Drop;

/// <summary>Tells files that are still being written from those that have come to rest, by looking again and again.</summary>
/// <param name="stableFor">How long size and time must have been the same.</param>
/// <param name="clock">The source of time.</param>
internal sealed class StableFiles(TimeSpan stableFor, TimeProvider clock)
{
    private Dictionary<string, Sight> _seen = [];

    /// <summary>Those of the files whose size and time of writing have been the same for long enough.</summary>
    public IReadOnlyList<FileInfo> Of(IEnumerable<FileInfo> files)
    {
        var now = clock.GetTimestamp();
        var seen = new Dictionary<string, Sight>();
        var stable = new List<FileInfo>();
        foreach (var file in files.Where(file => file.Exists))
        {
            var sight = new Sight(file.Length, file.LastWriteTimeUtc, now);
            if (_seen.TryGetValue(file.FullName, out var earlier) && earlier.Size == sight.Size && earlier.Written == sight.Written) sight = earlier;
            seen[file.FullName] = sight;
            if (clock.GetElapsedTime(sight.Since, now) >= stableFor) stable.Add(file);
        }

        _seen = seen;
        return stable;
    }

    private sealed record Sight(long Size, DateTime Written, long Since);
}
