namespace Payments.Risk.Features;

/// <summary>A merchant's single payments in one currency, in the order of time, then id, with running sums.</summary>
internal sealed class MerchantRun(uint currency)
{
    private Entry[] _entries = new Entry[4];
    private int _summed;

    public uint Currency => currency;

    public int Count { get; private set; }

    /// <summary>Puts a payment in its place; one that is there already stays as it is.</summary>
    public bool Add(long instant, string id, long thousandths, bool isFailed, bool isSmall)
    {
        var place = Count > 0 && _entries[Count - 1].IsBefore(instant, id) ? Count : PlaceOf(instant, id);
        if (place < Count && _entries[place].Instant == instant && _entries[place].Id == id) return false;
        if (Count == _entries.Length) Array.Resize(ref _entries, Count * 2);
        Array.Copy(_entries, place, _entries, place + 1, Count - place);
        _entries[place] = new() { Instant = instant, Id = id, Thousandths = thousandths, IsFailed = isFailed, IsSmall = isSmall };
        Count++;
        _summed = Math.Min(_summed, place);
        return true;
    }

    /// <summary>A payment that is here has failed since.</summary>
    public void Fail(long instant, string id)
    {
        var place = PlaceOf(instant, id);
        if (place == Count || _entries[place].Instant != instant || _entries[place].Id != id) return;
        _entries[place].IsFailed = true;
        _summed = Math.Min(_summed, place);
    }

    /// <summary>Payments before the given one; before an instant, if the id is empty.</summary>
    public int PlaceOf(long instant, string id)
    {
        var (from, until) = (0, Count);
        while (from < until)
        {
            var middle = (from + until) >>> 1;
            if (_entries[middle].IsBefore(instant, id))
            {
                from = middle + 1;
            }
            else
            {
                until = middle;
            }
        }

        return from;
    }

    /// <summary>The first payment after an instant.</summary>
    public int FirstAfter(long instant) => PlaceOf(instant + 1, "");

    /// <summary>Adds up the payments of the places from..until.</summary>
    public MoneyWindow Money(int from, int until)
    {
        Sum();
        var money = new MoneyWindow();
        if (until <= from) return money;
        ref readonly var last = ref _entries[until - 1];
        if (from == 0)
        {
            money.Add(until, last.SumUpTo, last.SquaresUpTo);
        }
        else
        {
            ref readonly var before = ref _entries[from - 1];
            money.Add(until - from, last.SumUpTo - before.SumUpTo, unchecked(last.SquaresUpTo - before.SquaresUpTo));
        }

        return money;
    }

    /// <summary>Failed payments of the places from..until, and small ones.</summary>
    public (int Failed, int Small) Attempts(int from, int until)
    {
        Sum();
        if (until <= from) return (0, 0);
        ref readonly var last = ref _entries[until - 1];
        return from == 0
            ? (last.FailedUpTo, last.SmallUpTo)
            : (last.FailedUpTo - _entries[from - 1].FailedUpTo, last.SmallUpTo - _entries[from - 1].SmallUpTo);
    }

    /// <summary>Forgets payments up to an instant.</summary>
    public int Forget(long until)
    {
        var gone = FirstAfter(until);
        if (gone == 0) return 0;
        var kept = new Entry[Math.Max(4, Count - gone)];
        Array.Copy(_entries, gone, kept, 0, Count - gone);
        _entries = kept;
        Count -= gone;
        _summed = 0;
        return gone;
    }

    // A late payment changes every sum behind it: they are added up when they are asked for, once for many.
    private void Sum()
    {
        for (; _summed < Count; _summed++)
        {
            ref var entry = ref _entries[_summed];
            entry.SumUpTo = (ulong)entry.Thousandths;
            entry.SquaresUpTo = MoneyWindow.Square(entry.Thousandths);
            entry.FailedUpTo = entry.IsFailed ? 1 : 0;
            entry.SmallUpTo = entry.IsSmall ? 1 : 0;
            if (_summed == 0) continue;
            ref readonly var before = ref _entries[_summed - 1];
            entry.SumUpTo += before.SumUpTo;
            entry.SquaresUpTo = unchecked(entry.SquaresUpTo + before.SquaresUpTo);
            entry.FailedUpTo += before.FailedUpTo;
            entry.SmallUpTo += before.SmallUpTo;
        }
    }

    private struct Entry
    {
        public long Instant;
        public string Id;
        public long Thousandths;
        public UInt128 SumUpTo;
        public UInt128 SquaresUpTo;
        public int FailedUpTo;
        public int SmallUpTo;
        public bool IsFailed;
        public bool IsSmall;

        public readonly bool IsBefore(long instant, string id) => Instant < instant || (Instant == instant && string.CompareOrdinal(Id, id) < 0);
    }
}
