namespace Payments.Risk.Features;

/// <summary>A party's frauds, by when they became known.</summary>
internal sealed class KnownFrauds
{
    private readonly List<KnownFraud> _frauds = [];
    private bool _isSorted = true;

    public bool IsEmpty => _frauds.Count == 0;

    public void Add(in KnownFraud fraud)
    {
        _isSorted &= _frauds.Count == 0 || _frauds[^1].CompareTo(fraud) <= 0;
        _frauds.Add(fraud);
    }

    /// <summary>Frauds that became known after one instant and up to that of a payment; the payment itself and later ones are none of them.</summary>
    public int Count(long after, long instant, string id)
    {
        Sort();
        var count = 0;
        for (var i = _frauds.Count - 1; i >= 0 && _frauds[i].KnownAt > after; i--)
        {
            if (_frauds[i].IsKnown(instant, id)) count++;
        }

        return count;
    }

    /// <summary>The earliest and the latest known of the frauds that <see cref="Count"/> counts.</summary>
    public (KnownFraud First, KnownFraud Last)? Ends(long after, long instant, string id)
    {
        Sort();
        KnownFraud? first = null, last = null;
        for (var i = _frauds.Count - 1; i >= 0 && _frauds[i].KnownAt > after; i--)
        {
            if (!_frauds[i].IsKnown(instant, id)) continue;
            first = _frauds[i];
            last ??= first;
        }

        return last is null ? null : (first!.Value, last.Value);
    }

    /// <summary>Counts the frauds that <see cref="Count"/> counts by the day on which they were paid: place 0 is a day and those behind it, place 1 the day before it, and so on.</summary>
    public void CountByDay(long after, long instant, string id, int day, Span<int> counts)
    {
        Sort();
        for (var i = _frauds.Count - 1; i >= 0 && _frauds[i].KnownAt > after; i--)
        {
            var place = Math.Max(0, day - Instants.DayOf(_frauds[i].PaidAt));
            if (place < counts.Length && _frauds[i].IsKnown(instant, id)) counts[place]++;
        }
    }

    /// <summary>Forgets frauds known up to an instant.</summary>
    public void Forget(long until)
    {
        Sort();
        _frauds.RemoveRange(0, _frauds.FindIndex(fraud => fraud.KnownAt > until) is >= 0 and var first ? first : _frauds.Count);
    }

    private void Sort()
    {
        if (_isSorted) return;
        _frauds.Sort();
        _isSorted = true;
    }

    internal readonly record struct KnownFraud(long KnownAt, long PaidAt, string PaymentId) : IComparable<KnownFraud>
    {
        /// <summary>Whether a payment may know of it: not of itself, nor of a later one.</summary>
        public bool IsKnown(long instant, string id) =>
            KnownAt <= instant && (PaidAt < instant || (PaidAt == instant && string.CompareOrdinal(PaymentId, id) < 0));

        public int CompareTo(KnownFraud other)
        {
            var order = KnownAt.CompareTo(other.KnownAt);
            order = order != 0 ? order : PaidAt.CompareTo(other.PaidAt);
            return order != 0 ? order : string.CompareOrdinal(PaymentId, other.PaymentId);
        }
    }
}
