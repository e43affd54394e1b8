using System.Runtime.InteropServices;

namespace Payments.Risk.Features;

/// <summary>
/// A merchant's payments: each of the last day or so, one sorted run a currency, and what whole UTC days came to. Sums over a part of a run are
/// differences of running sums, so that a merchant with a thousand payments an hour costs no more than one with ten.
/// </summary>
internal sealed class MerchantTimeline(int number)
{
    /// <summary>How far single payments are needed.</summary>
    public const long Reach = Instants.Day;

    /// <summary>How many whole days before a payment's own are needed: 30, behind the 7 that a label is given to become known.</summary>
    public const int DaysReach = MatureAfter + 30;

    /// <summary>Days after which a payment's label is taken to be known, for the denominators of fraud rates.</summary>
    public const int MatureAfter = 7;

    private readonly List<MerchantRun> _runs = [];
    private readonly List<MerchantSum> _sums = [];
    private MerchantDay[] _days = [];
    private int _dayCount;

    /// <summary>Its number in customers' timelines.</summary>
    public int Number => number;

    /// <summary>Its current country, or null.</summary>
    public string? Country { get; set; }

    /// <summary>Payments from this instant on find everything here that was stored before them; <see cref="long.MaxValue"/>: not known.</summary>
    public long ReadyFrom { get; set; } = long.MaxValue;

    /// <summary>Single payments kept.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var run in _runs) count += run.Count;
            return count;
        }
    }

    public IReadOnlyList<MerchantRun> Runs => _runs;

    /// <summary>Payments of the last day or so that are not single, but added up.</summary>
    public ReadOnlySpan<MerchantSum> Sums => CollectionsMarshal.AsSpan(_sums);

    public ReadOnlySpan<MerchantDay> Days => _days.AsSpan(0, _dayCount);

    /// <summary>Adds a single payment; a day's figures do not follow from it.</summary>
    public bool Add(long instant, string id, long thousandths, Traits traits, bool isSmall)
    {
        var run = RunOf(traits.Currency);
        if (run is null)
        {
            run = new(traits.Currency);
            _runs.Add(run);
        }

        return run.Add(instant, id, thousandths, traits.IsFailed, isSmall);
    }

    /// <summary>Adds several payments at once, none of them single.</summary>
    public void AddSum(in MerchantSum sum) => _sums.Add(sum);

    public MerchantRun? RunOf(uint currency)
    {
        foreach (var run in _runs)
        {
            if (run.Currency == currency) return run;
        }

        return null;
    }

    /// <summary>Adds to what a day came to in a currency.</summary>
    public void AddDay(int day, uint currency, long count, UInt128 thousandths, UInt128 squares)
    {
        var place = PlaceOf(day, currency);
        if (place == _dayCount || _days[place].Day != day || _days[place].Currency != currency)
        {
            if (_dayCount == _days.Length) Array.Resize(ref _days, Math.Max(4, _dayCount * 2));
            Array.Copy(_days, place, _days, place + 1, _dayCount - place);
            _days[place] = new() { Day = day, Currency = currency };
            _dayCount++;
        }

        _days[place].Money.Add(count, thousandths, squares);
    }

    /// <summary>The first place of a day, or where it would be.</summary>
    public int PlaceOf(int day, uint currency = 0)
    {
        var (from, until) = (0, _dayCount);
        while (from < until)
        {
            var middle = (from + until) >>> 1;
            if (_days[middle].Day < day || (_days[middle].Day == day && _days[middle].Currency < currency))
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

    /// <summary>Forgets single payments up to an instant, and days before a day.</summary>
    /// <returns>How many payments.</returns>
    public int Forget(long until, int beforeDay)
    {
        var gone = 0;
        foreach (var run in _runs) gone += run.Forget(until);
        _runs.RemoveAll(run => run.Count == 0);
        _sums.RemoveAll(sum => sum.Instant <= until);
        var first = PlaceOf(beforeDay);
        if (first > 0)
        {
            _dayCount -= first;
            Array.Copy(_days, first, _days, 0, _dayCount);
        }

        return gone;
    }

    /// <summary>Forgets everything, to be filled anew.</summary>
    public void Clear()
    {
        _runs.Clear();
        _sums.Clear();
        _dayCount = 0;
        ReadyFrom = long.MaxValue;
    }
}
