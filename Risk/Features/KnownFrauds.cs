namespace Payments.Risk.Features;

/// <summary>A party's frauds, by when they became known.</summary>
internal sealed class KnownFrauds
{
    private readonly List<KnownFraud> _frauds = [];
    private bool _isSorted = true;

    public bool IsEmpty => _frauds.Count == 0;

    public void Add(in KnownFraud fraud)
    {
        _isSorted &= _frauds.Count == 0 || _frauds[^1].KnownAt <= fraud.KnownAt;
        _frauds.Add(fraud);
    }

    /// <summary>Frauds that became known after one instant and up to that of a payment; the payment itself and later ones are none of them.</summary>
    public int Count(long after, long instant, string id)
    {
        Sort();
        var count = 0;
        for (var i = _frauds.Count - 1; i >= 0 && _frauds[i].KnownAt > after; i--)
        {
            var fraud = _frauds[i];
            if (fraud.KnownAt <= instant && (fraud.PaidAt < instant || (fraud.PaidAt == instant && string.CompareOrdinal(fraud.PaymentId, id) < 0))) count++;
        }

        return count;
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
        _frauds.Sort((left, right) => left.KnownAt.CompareTo(right.KnownAt));
        _isSorted = true;
    }

    internal readonly record struct KnownFraud(long KnownAt, long PaidAt, string PaymentId);
}
