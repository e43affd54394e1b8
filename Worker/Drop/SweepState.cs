using Microsoft.Extensions.Options;

namespace Payments.Worker.Drop;

/// <summary>What the sweeps of the drop folder have found and when: asked by the health check and written to the database while a sweep is under way.</summary>
internal sealed class SweepState(IOptions<DropOptions> options, TimeProvider clock, ILogger<SweepState> logger)
{
    /// <summary>The most entries that are shown; the count has them all.</summary>
    public const int MostShown = 1000;

    // A file that is just being written is no news.
    private static readonly TimeSpan InUsePatience = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private Dictionary<string, Found> _last = [];
    private Dictionary<string, Found> _now = [];
    private DateTimeOffset? _startedAt;
    private DateTimeOffset? _endedAt;
    private string? _error;
    private List<string> _problems = [];
    private List<string> _lastProblems = [];
    private long _steppedAt;
    private bool _isUnderWay;

    /// <summary>A sweep starts.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            (_isUnderWay, _startedAt, _steppedAt, _problems, _now) = (true, clock.GetUtcNow(), clock.GetTimestamp(), [], []);
        }
    }

    /// <summary>The sweep under way has come further: it is not stuck.</summary>
    public void Step() => Interlocked.Exchange(ref _steppedAt, clock.GetTimestamp());

    /// <summary>An entry is left alone. The log says so once, until it is gone or something else.</summary>
    /// <param name="path">Its path within the folder.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="detail">What the operating system said.</param>
    public void Skip(string path, EntryKind kind, string? detail = null)
    {
        var now = clock.GetUtcNow();
        var entry = SkippedEntry.Of(path, kind, detail is null ? null : HeldFolder.Readable(detail), now);
        lock (_lock)
        {
            var known = _last.TryGetValue(entry.Name, out var found) && found.Entry.Kind == kind ? found : null;
            if (known is not null) entry = entry with { FirstSeen = known.Entry.FirstSeen };
            var isNews = kind != EntryKind.InUse || now - entry.FirstSeen >= InUsePatience;
            _now[entry.Name] = new(entry, isNews);
            if (isNews && known?.IsShown != true)
            {
                logger.LogWarning("Entry {Entry} of the drop folder is skipped ({Kind}): {Reason}", entry.Name, entry.KindCode, entry.Reason);
            }
        }
    }

    /// <summary>The folder as a whole cannot do its work; the sweep goes on with what it can. The log says so once, until it is otherwise.</summary>
    public void Complain(string problem)
    {
        problem = HeldFolder.Readable(problem);
        lock (_lock)
        {
            _problems.Add(problem);
            if (!_lastProblems.Contains(problem)) logger.LogError("{Problem}", problem);
        }
    }

    /// <summary>The sweep has gone through the whole folder: entries that it did not find are gone.</summary>
    public void End()
    {
        lock (_lock)
        {
            (_isUnderWay, _endedAt, _last, _lastProblems) = (false, clock.GetUtcNow(), _now, _problems);
            _error = _problems.Count == 0 ? null : string.Join(' ', _problems);
        }
    }

    /// <summary>The sweep has failed; what it did not come to is as it was.</summary>
    /// <returns>Whether that is new.</returns>
    public bool Fail(string error)
    {
        error = HeldFolder.Readable(error);
        lock (_lock)
        {
            foreach (var (name, found) in _last) _now.TryAdd(name, found);
            var isNew = _error != error;
            (_isUnderWay, _endedAt, _last, _error) = (false, clock.GetUtcNow(), _now, error);
            return isNew;
        }
    }

    /// <summary>How it stands now.</summary>
    public SweepReport Report()
    {
        lock (_lock)
        {
            var isStuck = _isUnderWay && clock.GetElapsedTime(Interlocked.Read(ref _steppedAt)) > options.Value.StuckAfter;
            var shown = _last.Values.Where(found => found.IsShown).Select(found => found.Entry).OrderBy(entry => entry.Name, StringComparer.Ordinal).ToList();
            return new(
                isStuck ? SweepReport.Stuck : _error is null ? SweepReport.Watching : SweepReport.Failed,
                isStuck ? $"The sweep has come no further for {options.Value.StuckAfter}: a file system or the database does not answer." : _error,
                _startedAt,
                _endedAt,
                shown.Count,
                shown.Count <= MostShown ? shown : shown[..MostShown]);
        }
    }

    private sealed record Found(SkippedEntry Entry, bool IsShown);
}
