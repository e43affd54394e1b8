namespace Payments.Risk.Rules;

/// <summary>
/// Counts what the rules of a set do in one batch, on top of what they did in the 24 hours before, and stops a rule that hits more than its
/// share: also within the batch. One a batch; threads may share it, and payments in the same order make the same decisions.
/// </summary>
public sealed class RuleTally
{
    private readonly RuleSet _rules;
    private readonly RuleActivity[] _before;
    private readonly long[] _hits;
    private readonly long[] _capped;
    private readonly long[] _skipped;
    private long _payments;

    internal RuleTally(RuleSet rules, IReadOnlyDictionary<long, RuleActivity> before)
    {
        _rules = rules;
        _before = [.. rules.Active.Select(rule => before.GetValueOrDefault(rule.Id))];
        _hits = new long[_before.Length];
        _capped = new long[_before.Length];
        _skipped = new long[_before.Length];
    }

    /// <summary>What each rule of <see cref="RuleSet.Active"/> did in this batch, in that order.</summary>
    public IReadOnlyList<RuleActivity> Counts() =>
        [.. _hits.Select((hits, place) => new RuleActivity(Volatile.Read(ref _payments) - Volatile.Read(ref _skipped[place]), hits, Volatile.Read(ref _capped[place])))];

    /// <summary>The set whose rules are counted.</summary>
    public RuleSet Rules => _rules;

    /// <summary>Whether a rule is over its share now.</summary>
    /// <param name="place">Its place in <see cref="RuleSet.Active"/>.</param>
    public bool IsCapped(int place) => IsCapped(place, Payments);

    /// <summary>Whether a rule was over its share before the batch.</summary>
    /// <param name="place">Its place in <see cref="RuleSet.Active"/>.</param>
    public bool WasCapped(int place) => _before[place].IsOver(_rules.Active[place].MaxShare);

    /// <summary>The live rules (<see cref="Rule.Id"/>) that were not over their share before the batch, and have hits in it that do not count.</summary>
    public long[] NewlyCapped() =>
        [.. Enumerable.Range(0, _before.Length)
            .Where(place => _rules.Active[place].Mode == RuleMode.Live && Volatile.Read(ref _capped[place]) > 0 && !WasCapped(place))
            .Select(place => _rules.Active[place].Id)];

    /// <summary>Payments counted so far.</summary>
    internal long Payments => Volatile.Read(ref _payments);

    /// <summary>Counts a payment.</summary>
    /// <returns>Which of the batch it is, from 1.</returns>
    internal long AddPayment() => Interlocked.Increment(ref _payments);

    /// <summary>A rule that is not valid now was not asked.</summary>
    internal void Skip(int place) => Interlocked.Increment(ref _skipped[place]);

    /// <summary>Counts a hit.</summary>
    /// <param name="place">The rule's place in <see cref="RuleSet.Active"/>.</param>
    /// <param name="isLive">Whether it can be capped.</param>
    /// <param name="payment">Which payment of the batch it hit: those behind it may be counted already.</param>
    /// <returns>Whether it counts: false where the rule is over its share.</returns>
    internal bool AddHit(int place, bool isLive, long payment)
    {
        Interlocked.Increment(ref _hits[place]);
        if (!isLive || !IsCapped(place, payment)) return true;
        Interlocked.Increment(ref _capped[place]);
        return false;
    }

    private bool IsCapped(int place, long payments) =>
        (_before[place] + new RuleActivity(payments - Volatile.Read(ref _skipped[place]), Volatile.Read(ref _hits[place]), 0)).IsOver(_rules.Active[place].MaxShare);
}
