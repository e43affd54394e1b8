namespace Payments.Api.Feed;

/// <summary>The newest events, for all readers of an instance: each has a place of its own, and none can hold up another.</summary>
/// <param name="size">Events that are kept.</param>
internal sealed class FeedBuffer(int size)
{
    private readonly Lock _lock = new();
    private readonly FeedEvent[] _ring = new FeedEvent[size];
    private long _appended;
    private long _floor = long.MaxValue;
    private TaskCompletionSource _more = NewSignal();

    /// <summary>Ends when something has changed since it was asked for.</summary>
    public Task More
    {
        get
        {
            lock (_lock) return _more.Task;
        }
    }

    /// <summary>Whether nothing will come here any more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Sends everybody away.</summary>
    public void End()
    {
        lock (_lock)
        {
            IsOver = true;
            Signal();
        }
    }

    /// <summary>Begins anew behind an event: what came before it is not here.</summary>
    public void Start(long after)
    {
        lock (_lock)
        {
            (_appended, _floor) = (0, after);
            Signal();
        }
    }

    /// <summary>Adds the next events.</summary>
    public void Append(IReadOnlyList<FeedEvent> events)
    {
        if (events.Count == 0) return;
        lock (_lock)
        {
            foreach (var next in events)
            {
                ref var place = ref _ring[_appended % size];
                if (_appended >= size) _floor = place.Id;
                place = next;
                _appended++;
            }

            Signal();
        }
    }

    /// <summary>The events behind one, at most so many; null when some of them are no longer, or not yet, here.</summary>
    public IReadOnlyList<FeedEvent>? Take(long after, int most)
    {
        lock (_lock)
        {
            if (after < _floor) return null;
            var (low, high) = (Math.Max(0, _appended - size), _appended);
            while (low < high)
            {
                var middle = low + ((high - low) / 2);
                if (_ring[middle % size].Id > after) high = middle;
                else low = middle + 1;
            }

            var taken = new FeedEvent[Math.Min(most, _appended - low)];
            for (var i = 0; i < taken.Length; i++) taken[i] = _ring[(low + i) % size];
            return taken;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal()
    {
        _more.SetResult();
        _more = NewSignal();
    }
}
