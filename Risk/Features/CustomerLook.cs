namespace Payments.Risk.Features;

/// <summary>A payment's look back at its customer's timeline: once through it, from the payment towards the past.</summary>
internal ref struct CustomerLook
{
    private readonly PaymentFacts _payment;
    private readonly Traits _traits;
    private readonly ReadOnlySpan<PastPayment> _earlier;
    private readonly int _merchant;
    private readonly long _small;
    private readonly long _nearLimit;
    private readonly long _limit;
    private int _seen;
    private MoneyWindow _money;
    private int _failed;
    private int _smallOnes;
    private int _near;

    public CustomerLook(PaymentFacts payment, CustomerTimeline? customer, int merchant, long small, long nearLimit, long limit)
    {
        _payment = payment;
        _traits = Traits.Of(payment.Currency, payment.PaymentMethod, payment.PaymentStatus);
        _merchant = merchant;
        (_small, _nearLimit, _limit) = (small, nearLimit, limit);
        if (customer is null) return;
        var place = customer.PlaceOf(payment.Instant, payment.PaymentId);
        var first = Math.Max(0, place - CustomerTimeline.MostSeen);
        var old = customer.PlaceOf(payment.Instant - CustomerTimeline.Reach + 1, "");
        _earlier = customer.Payments[Math.Max(first, old)..place];
    }

    public void Write(ref FeatureRow row, IReadOnlyList<MerchantTimeline> merchants)
    {
        var amount = _payment.Thousandths / 1_000.0;
        Window(ref row, Instants.Hour);
        var (failedHour, smallHour) = (_failed, _smallOnes);
        Window(ref row, Instants.Day);
        var (failedDay, nearDay) = (_failed, _near);
        Window(ref row, 7 * Instants.Day);
        Window(ref row, CustomerTimeline.Reach);

        row.Habit(amount, _money);
        var greatest = Greatest();
        row.Add(greatest > 0 ? (double)_payment.Thousandths / greatest : double.NaN);
        row.Add(_earlier.Length > 0 ? (_payment.Instant - _earlier[^1].Instant) / (double)Instants.Second : double.NaN);
        WriteFirstTimes(ref row, merchants);
        row.Add(FailedStreak());
        row.Add(failedHour);
        row.Add(failedDay);
        row.Add(smallHour + (_payment.Thousandths <= _small ? 1 : 0));
        row.Add(nearDay + (IsNear(_payment.Thousandths) ? 1 : 0));
        WriteBursts(ref row);
    }

    private readonly bool IsNear(long thousandths) => thousandths >= _nearLimit && thousandths < _limit;

    // Goes on to where the window ends: the next longer one starts with what this one has.
    private void Window(ref FeatureRow row, long length)
    {
        var from = _payment.Instant - length;
        for (; _seen < _earlier.Length; _seen++)
        {
            ref readonly var past = ref _earlier[_earlier.Length - 1 - _seen];
            if (past.Instant <= from) break;
            if (past.Traits.IsFailed) _failed++;
            if (past.Thousandths <= _small) _smallOnes++;
            if (past.Traits.Currency != _traits.Currency) continue;
            _money.Add(past.Thousandths);
            if (IsNear(past.Thousandths)) _near++;
        }

        var money = _money;
        money.Add(_payment.Thousandths);
        row.Window(_seen + 1, money);
    }

    private readonly long Greatest()
    {
        var greatest = 0L;
        foreach (ref readonly var past in _earlier)
        {
            if (past.Thousandths > greatest && past.Traits.Currency == _traits.Currency) greatest = past.Thousandths;
        }

        return greatest;
    }

    private readonly void WriteFirstTimes(ref FeatureRow row, IReadOnlyList<MerchantTimeline> merchants)
    {
        var (newMerchant, newMethod) = (true, true);
        for (var i = _earlier.Length - 1; i >= 0 && (newMerchant || newMethod); i--)
        {
            if (_earlier[i].Merchant == _merchant) newMerchant = false;
            if (_earlier[i].Traits.Method == _traits.Method) newMethod = false;
        }

        var country = _payment.MerchantCountry;
        var newCountry = newMerchant;
        for (var i = _earlier.Length - 1; i >= 0 && newCountry && country is not null; i--)
        {
            if (merchants[_earlier[i].Merchant].Country == country) newCountry = false;
        }

        row.Flag(newMerchant);
        row.Add(country is null ? double.NaN : newCountry ? 1 : 0);
        row.Add(_payment.PaymentMethod is null ? double.NaN : newMethod ? 1 : 0);
    }

    // Each payment is held against those before it: what is left of the 30 days' sum once it and all later ones are taken out.
    private readonly void WriteBursts(ref FeatureRow row)
    {
        var (count, sum) = (_money.Count, _money.Thousandths);
        var week = count > 0 && IsBurst(_payment.Thousandths, count, sum) ? 1 : 0;
        var day = week;
        var greatest = 0.0;
        for (var i = _earlier.Length - 1; i >= 0; i--)
        {
            ref readonly var past = ref _earlier[i];
            if (past.Instant <= _payment.Instant - 7 * Instants.Day) break;
            if (past.Traits.Currency != _traits.Currency) continue;
            count--;
            sum -= (ulong)past.Thousandths;
            if (sum == 0) break;
            greatest = Math.Max(greatest, (double)past.Thousandths * count / (double)sum);
            if (!IsBurst(past.Thousandths, count, sum)) continue;
            week++;
            if (past.Instant > _payment.Instant - Instants.Day) day++;
        }

        row.Add(day);
        row.Add(week);
        row.Add(greatest);
    }

    private static bool IsBurst(long thousandths, long count, UInt128 sum) => sum > 0 && (UInt128)(ulong)thousandths * (ulong)count > 3 * sum;

    private readonly int FailedStreak()
    {
        var streak = 0;
        while (streak < _earlier.Length && _earlier[_earlier.Length - 1 - streak].Traits.IsFailed) streak++;
        return streak;
    }
}
