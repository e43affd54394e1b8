using Npgsql;
using Payments.Pipeline.Load;
using Payments.Pipeline.RuleBooks;
using Payments.Risk.Rules;

namespace Payments.Pipeline.Score;

/// <summary>What the engine says of payments of the API, not yet written.</summary>
/// <param name="told">Every payment with its assessment, in the order of the records.</param>
/// <param name="scores">Their scores.</param>
/// <param name="tally">What the rules did.</param>
/// <param name="counts">Where that is counted.</param>
/// <param name="now">The instant of scoring.</param>
internal sealed class LiveScores(IReadOnlyList<ScoredPayment> told, Scores scores, RuleTally tally, RuleCounts counts, DateTime now)
{
    /// <summary>Every payment with its assessment, in the order of the records.</summary>
    public IReadOnlyList<ScoredPayment> Payments => told;

    /// <summary>Whether a payment is to be looked at: only those can raise alerts.</summary>
    public bool HasAssessments => scores.ToLookAt.Count > 0;

    /// <summary>What <c>store_payments</c> is told of each.</summary>
    public ScoreColumns Columns => scores.Columns;

    /// <summary>What writes assessments and counts, to be said once in the transaction of the payments, before they are stored.</summary>
    /// <param name="lane">Holds the payments.</param>
    public IEnumerable<NpgsqlBatchCommand> Statements(Lane lane)
    {
        if (HasAssessments) yield return AssessmentRows.Statement(lane, scores.ToLookAt, told[0].Versions);
        if (counts.Statement(tally, now) is { } counted) yield return counted;
    }
}
