namespace Payments.Risk.Features;

/// <summary>A customer's payments in the order of time, then id: a payment is looked at from its place, so it never matters when it arrived.</summary>
internal sealed class CustomerTimeline
{
    /// <summary>How far windows and habits reach.</summary>
    public const long Reach = 30 * Instants.Day;

    /// <summary>How many of the payments before it a payment sees at most, the newest.</summary>
    public const int MostSeen = 1_000;

    private PastPayment[] _payments = new PastPayment[4];

    /// <summary>Payments from this instant on find everything here that was stored before them; <see cref="long.MaxValue"/>: not known.</summary>
    public long ReadyFrom { get; set; } = long.MaxValue;

    public int Count { get; private set; }

    public ReadOnlySpan<PastPayment> Payments => _payments.AsSpan(0, Count);

    /// <summary>Puts a payment in its place; one that is there already stays as it is.</summary>
    public bool Add(in PastPayment payment)
    {
        var place = Count > 0 && _payments[Count - 1].IsBefore(payment.Instant, payment.Id) ? Count : PlaceOf(payment.Instant, payment.Id);
        if (place < Count && _payments[place].Instant == payment.Instant && _payments[place].Id == payment.Id) return false;
        if (Count == _payments.Length) Array.Resize(ref _payments, Count * 2);
        Array.Copy(_payments, place, _payments, place + 1, Count - place);
        _payments[place] = payment;
        Count++;
        return true;
    }

    /// <summary>A payment that is here has failed since.</summary>
    public void Fail(long instant, string id)
    {
        var place = PlaceOf(instant, id);
        if (place == Count || _payments[place].Instant != instant || _payments[place].Id != id) return;
        _payments[place] = _payments[place] with { Traits = _payments[place].Traits.Failed };
    }

    /// <summary>Payments before the given one.</summary>
    public int PlaceOf(long instant, string id)
    {
        var (from, until) = (0, Count);
        while (from < until)
        {
            var middle = (from + until) >>> 1;
            if (_payments[middle].IsBefore(instant, id))
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

    /// <summary>Forgets payments up to an instant.</summary>
    /// <returns>How many.</returns>
    public int Forget(long until)
    {
        var gone = 0;
        while (gone < Count && _payments[gone].Instant <= until) gone++;
        if (gone == 0) return 0;
        Count -= gone;
        Array.Copy(_payments, gone, _payments, 0, Count);
        if (Count < _payments.Length / 4)
        {
            Array.Resize(ref _payments, Math.Max(4, Count));
        }
        else
        {
            Array.Clear(_payments, Count, Math.Min(gone, _payments.Length - Count));
        }

        return gone;
    }
}
