using Payments.Risk.Engine;

namespace Payments.Risk.Rules;

/// <summary>The rules that a score goes by. Immutable, and safe to share between threads.</summary>
public sealed class RuleSet
{
    private readonly Rule[] _active;
    private readonly int[] _early;
    private readonly int[] _final;

    /// <summary>The set of these rules.</summary>
    /// <param name="rules">The newest version of each.</param>
    /// <exception cref="ArgumentException">A code is there twice.</exception>
    public RuleSet(IEnumerable<Rule> rules)
    {
        All = [.. rules.OrderBy(rule => rule.Code, StringComparer.Ordinal)];
        var twice = All.Zip(All.Skip(1)).FirstOrDefault(pair => pair.First.Code == pair.Second.Code);
        if (twice.First is not null) throw new ArgumentException($"The rule {twice.First.Code} is there twice.", nameof(rules));
        _active = [.. All.Where(rule => rule.Mode != RuleMode.Off)];
        var places = Enumerable.Range(0, _active.Length).ToLookup(place => _active[place].Expression.UsesScore);
        _early = [.. places[false]];
        _final = [.. places[true]];
    }

    /// <summary>No rules.</summary>
    public static RuleSet Empty { get; } = new([]);

    /// <summary>Every rule, by code.</summary>
    public IReadOnlyList<Rule> All { get; }

    /// <summary>The rules that are live or in the shadow, by code.</summary>
    public IReadOnlyList<Rule> Active => _active;

    /// <summary>A count for one batch.</summary>
    /// <param name="before">What each version of a rule, by <see cref="Rule.Id"/>, did in the 24 hours before; a rule that is not there did nothing.</param>
    public RuleTally Count(IReadOnlyDictionary<long, RuleActivity> before) => new(this, before);

    /// <summary>Asks every rule that does not ask for the score.</summary>
    /// <param name="subject">The payment.</param>
    /// <param name="now">The instant of scoring (UTC): rules, suppressions and lists may end.</param>
    /// <param name="lists">Suppressions: a rule is not asked about a party that it is suppressed for.</param>
    /// <param name="tally">Counts the batch and caps rules; null: nothing is counted, and nothing capped (backtests, re-scoring).</param>
    public RuleHits Evaluate(RiskSubject subject, DateTime now, PartyLists lists, RuleTally? tally = null)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(lists);
        return Evaluate(_early, new RuleInput(subject, subject.Features.Span, double.NaN), now, lists, tally, tally?.AddPayment() ?? 0);
    }

    /// <summary>Asks the rules that ask for the score: last, behind <see cref="Evaluate(RiskSubject, DateTime, PartyLists, RuleTally?)"/> of the same payment. They have no points; their floors can raise the score once more.</summary>
    /// <param name="subject">The payment.</param>
    /// <param name="score">Its score, 0 to 100, without these rules.</param>
    /// <param name="now">The instant of scoring (UTC).</param>
    /// <param name="lists">Suppressions.</param>
    /// <param name="tally">The one that was given to the first call.</param>
    public RuleHits EvaluateFinal(RiskSubject subject, double score, DateTime now, PartyLists lists, RuleTally? tally = null) =>
        EvaluateFinal(subject, score, now, lists, tally, tally?.Payments ?? 0);

    /// <summary>The same where payments behind this one may be counted already: it is the batch's <paramref name="payment"/>th.</summary>
    internal RuleHits EvaluateFinal(RiskSubject subject, double score, DateTime now, PartyLists lists, RuleTally? tally, long payment)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(lists);
        return Evaluate(_final, new RuleInput(subject, subject.Features.Span, score), now, lists, tally, payment);
    }

    private RuleHits Evaluate(int[] places, in RuleInput input, DateTime now, PartyLists lists, RuleTally? tally, long payment)
    {
        List<Rule>? live = null, shadow = null, capped = null;
        foreach (var place in places)
        {
            var rule = _active[place];
            if (!rule.IsValidAt(now))
            {
                tally?.Skip(place);
                continue;
            }

            if (!rule.Expression.Holds(input) || lists.IsSuppressed(rule.Code, input.Subject, now)) continue;
            var isLive = rule.Mode == RuleMode.Live;
            var counts = tally?.AddHit(place, isLive, payment) ?? true;
            if (!isLive) (shadow ??= []).Add(rule);
            else if (counts) (live ??= []).Add(rule);
            else (capped ??= []).Add(rule);
        }

        return live is null && shadow is null && capped is null ? RuleHits.None : new(live ?? [], shadow ?? [], capped ?? []);
    }
}
