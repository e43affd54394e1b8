using Payments.Risk.Engine;
using Payments.Risk.Rules;

namespace Payments.Pipeline.Rescore;

/// <summary>
/// Assesses page after page on all processors, and caps rules as if payments came one by one: what a rule hits is counted in order, UTC day by UTC
/// day, and only the rare payment that comes when a rule is over its share is assessed once more, without that rule.
/// </summary>
internal sealed class PageAssessor(RiskEngine engine, DateTime scoredAt, Explaining explaining)
{
    // So many payments have their features in the processor's cache.
    private const int BlockPayments = 128;

    private readonly Dictionary<string, Rule> _capped = engine.Rules.Active
        .Where(rule => rule is { Mode: RuleMode.Live, MaxShare: < 1 })
        .ToDictionary(rule => rule.Code, StringComparer.Ordinal);

    private readonly Dictionary<long, RuleActivity> _counts = [];
    private DateOnly _day;
    private long _evaluated;

    /// <summary>One assessment a payment, in the order of the page.</summary>
    public Assessment[] Assess(IReadOnlyList<HistoricalPayment> page, CancellationToken cancellationToken)
    {
        var assessments = new Assessment[page.Count];
        RiskSubject[] subjects = [.. page.Select(payment => payment.Subject)];
        Parallel.For(
            0, (subjects.Length + BlockPayments - 1) / BlockPayments, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount },
            block =>
            {
                var (first, count) = (block * BlockPayments, Math.Min(BlockPayments, subjects.Length - block * BlockPayments));
                engine.Assess(subjects.AsSpan(first, count), assessments.AsSpan(first, count), scoredAt, explaining);
            });
        for (var place = 0; place < assessments.Length; place++) Count(page[place].Subject, ref assessments[place]);
        return assessments;
    }

    private void Count(RiskSubject subject, ref Assessment assessment)
    {
        if (DateOnly.FromDateTime(subject.TransactionDate) is var day && day != _day)
        {
            (_day, _evaluated) = (day, 0);
            _counts.Clear();
        }

        var isOver = false;
        foreach (var code in assessment.RuleHits)
        {
            if (!_capped.TryGetValue(code, out var rule)) continue;
            isOver |= new RuleActivity(_evaluated + 1, _counts.GetValueOrDefault(rule.Id).Hits + 1, 0).IsOver(rule.MaxShare);
        }

        var hits = assessment.RuleHits;
        if (isOver) assessment = engine.Assess(subject, scoredAt, explain: false, engine.Rules.Count(Before()));
        _evaluated++;
        foreach (var code in hits)
        {
            if (_capped.TryGetValue(code, out var rule)) _counts[rule.Id] = _counts.GetValueOrDefault(rule.Id) + new RuleActivity(0, 1, 0);
        }
    }

    private Dictionary<long, RuleActivity> Before() => _capped.Values.ToDictionary(
        rule => rule.Id, rule => new RuleActivity(_evaluated, _counts.GetValueOrDefault(rule.Id).Hits, 0));
}
