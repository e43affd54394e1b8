using Payments.Risk.Engine;

namespace Payments.Risk.Rules;

/// <summary>Tries an expression on payments of the past, one after the other, beside the live rules. Keeps counts only, however many there are.</summary>
public sealed class RuleBacktest
{
    private readonly RuleExpression _expression;
    private readonly Rule[] _live;
    private readonly Common[] _common;
    private readonly Common _liveSet = new();
    private readonly SortedDictionary<string, Money> _amounts = new(StringComparer.Ordinal);
    private readonly long[] _decisions = new long[3];
    private long _payments, _hits, _judged, _presumed, _frauds, _truePositives, _falsePositives;

    /// <summary>A trial of an expression.</summary>
    /// <param name="expression">What is tried.</param>
    /// <param name="live">The live rules that it is compared with; not the rule whose expression it is.</param>
    public RuleBacktest(RuleExpression expression, IEnumerable<Rule> live)
    {
        _expression = expression;
        _live = [.. live];
        _common = [.. _live.Select(_ => new Common())];
    }

    /// <summary>Adds a payment.</summary>
    /// <param name="subject">As it was at its instant.</param>
    /// <param name="score">Its stored score, for rules that ask for it.</param>
    /// <param name="decision">Its stored decision.</param>
    /// <param name="isFraud">What its label says that is known by now, or null.</param>
    /// <param name="isMatured">Whether it is old enough that a fraud would be known: without a label it then counts as genuine.</param>
    public void Add(RiskSubject subject, double score, Decision decision, bool? isFraud, bool isMatured)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var input = new RuleInput(subject, subject.Features.Span, score);
        var isHit = _expression.Holds(input);
        var isKnownFraud = isFraud == true;
        var isJudged = isFraud is not null || isMatured;
        var anyLive = false;
        for (var place = 0; place < _live.Length; place++)
        {
            if (!_live[place].Expression.Holds(input))
            {
                _common[place].Add(isHit, false, isKnownFraud);
                continue;
            }

            anyLive = true;
            _common[place].Add(isHit, true, isKnownFraud);
        }

        _liveSet.Add(isHit, anyLive, isKnownFraud);
        _payments++;
        if (isJudged) _judged++;
        if (isFraud is null && isMatured) _presumed++;
        if (isKnownFraud) _frauds++;
        if (!isHit) return;

        _hits++;
        _decisions[(int)decision]++;
        if (!isJudged) return;
        if (!_amounts.TryGetValue(subject.Currency, out var amounts)) _amounts[subject.Currency] = amounts = new();
        if (isKnownFraud)
        {
            _truePositives++;
            amounts.Saved += subject.Amount;
            if (!anyLive) amounts.SavedBeyondLive += subject.Amount;
        }
        else
        {
            _falsePositives++;
            amounts.Held += subject.Amount;
        }
    }

    /// <summary>What has come out so far.</summary>
    public BacktestResult Result() => new(
        _payments,
        _hits,
        Share(_hits, _payments),
        _judged,
        _presumed,
        _frauds,
        _truePositives,
        _falsePositives,
        _frauds > 0 ? Share(_truePositives, _truePositives + _falsePositives) : null,
        Share(_truePositives, _frauds),
        Share(_falsePositives, _judged - _frauds),
        [.. _amounts.Select(amount => new BacktestAmount(amount.Key, amount.Value.Saved, amount.Value.SavedBeyondLive, amount.Value.Held))],
        new(_decisions[(int)Decision.Approve], _decisions[(int)Decision.Review], _decisions[(int)Decision.Block]),
        _liveSet.Overlap(),
        [
            .. _live.Zip(_common, (rule, common) => new BacktestRule(rule.Code, common.Overlap()))
                .OrderByDescending(rule => rule.Overlap.Both).ThenBy(rule => rule.RuleCode, StringComparer.Ordinal),
        ]);

    private static double? Share(long part, long whole) => whole > 0 ? (double)part / whole : null;

    private sealed class Money
    {
        public decimal Saved { get; set; }

        public decimal SavedBeyondLive { get; set; }

        public decimal Held { get; set; }
    }

    private sealed class Common
    {
        private long _hits, _others, _both, _fraudsOfBoth, _newFrauds;

        public void Add(bool isHit, bool isOthers, bool isFraud)
        {
            if (isHit) _hits++;
            if (isOthers) _others++;
            if (isHit && isOthers) _both++;
            if (isHit && isOthers && isFraud) _fraudsOfBoth++;
            if (isHit && !isOthers && isFraud) _newFrauds++;
        }

        public BacktestOverlap Overlap() => new(_others, _both, Share(_both, _hits), Share(_both, _others), _fraudsOfBoth, _hits - _both, _newFrauds);
    }
}
