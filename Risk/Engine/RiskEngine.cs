using Payments.Risk.Models;
using Payments.Risk.Rules;

namespace Payments.Risk.Engine;

/// <summary>
/// Scores payments: what rules, lists and models say becomes one score, one decision and its reasons. The same for files and for the API.
/// Immutable, and safe to use from many threads.
/// </summary>
/// <remarks>
/// In this order: rules that hit give points; the models make a score of points and features (<see cref="RiskModels.Judge(ReadOnlySpan{double}, double)"/>); floors of rules
/// raise it; rules over the score are asked and may raise it once more; a list has the last word. A block raises the score to the block threshold at
/// least, an allowance lowers it to just under the review threshold at most. Flags come from rules and block lists, never from the score.
/// </remarks>
public sealed class RiskEngine
{
    // The least that can be told from the threshold in a stored score.
    private const double Under = 0.01;

    private readonly PartyLists _lists;
    private readonly RiskModels _models;

    /// <summary>An engine of these parts.</summary>
    public RiskEngine(RuleSet rules, PartyLists lists, RiskModels models, DecisionThresholds thresholds, EngineVersions versions)
    {
        Rules = rules;
        _lists = lists;
        _models = models;
        Thresholds = thresholds;
        Versions = versions;
    }

    /// <summary>The rules that it goes by.</summary>
    public RuleSet Rules { get; }

    /// <summary>The models that it goes by.</summary>
    public RiskModels Models => _models;

    /// <summary>What a score leads to.</summary>
    public DecisionThresholds Thresholds { get; }

    /// <summary>Which rules and models these are.</summary>
    public EngineVersions Versions { get; }

    /// <summary>Scores a payment.</summary>
    /// <param name="subject">The payment, with its features at its instant.</param>
    /// <param name="now">The instant of scoring (UTC): lists expire, and rules are valid, by it.</param>
    /// <param name="explain">Gives reasons for every payment; else only for those that need a look.</param>
    /// <param name="tally">Counts the rules' hits of a batch and caps rules that hit too much; null: nothing is counted or capped.</param>
    public Assessment Assess(RiskSubject subject, DateTime now, bool explain = false, RuleTally? tally = null)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var early = Rules.Evaluate(subject, now, _lists, tally);
        return Conclude(subject, early, _models.Judge(subject.Features.Span, early.Points), now, explain ? Explaining.Always : Explaining.WhereNeeded, tally, tally?.Payments ?? 0);
    }

    /// <summary>Scores payments, each the same to the last bit as by itself in their order: the models are asked about all of them at once.</summary>
    /// <param name="subjects">The payments, with their features at their instants.</param>
    /// <param name="assessments">Room for one a payment.</param>
    /// <param name="now">The instant of scoring (UTC).</param>
    /// <param name="explaining">Which are given reasons.</param>
    /// <param name="tally">Counts the rules' hits of a batch and caps rules that hit too much; null: nothing is counted or capped.</param>
    public void Assess(
        ReadOnlySpan<RiskSubject> subjects, Span<Assessment> assessments, DateTime now, Explaining explaining = Explaining.WhereNeeded, RuleTally? tally = null)
    {
        var before = tally?.Payments ?? 0;
        var early = new RuleHits[subjects.Length];
        var features = new ReadOnlyMemory<double>[subjects.Length];
        var points = new double[subjects.Length];
        for (var i = 0; i < subjects.Length; i++)
        {
            early[i] = Rules.Evaluate(subjects[i], now, _lists, tally);
            (features[i], points[i]) = (subjects[i].Features, early[i].Points);
        }

        var verdicts = new ModelVerdict[subjects.Length];
        _models.Judge(features, points, verdicts);
        for (var i = 0; i < subjects.Length; i++) assessments[i] = Conclude(subjects[i], early[i], verdicts[i], now, explaining, tally, before + i + 1);
    }

    private Assessment Conclude(RiskSubject subject, RuleHits early, ModelVerdict verdict, DateTime now, Explaining explaining, RuleTally? tally, long counted)
    {
        var withFloors = Math.Max(verdict.Score, early.Floor);
        var late = Rules.EvaluateFinal(subject, withFloors, now, _lists, tally, counted);
        var byRules = Math.Max(withFloors, late.Floor);
        var listed = _lists.Find(subject, now);
        var score = Math.Clamp(ByList(listed, byRules), 0, 100);
        var rounded = Assessment.Round(score);
        var decision = Thresholds.Decide(rounded);
        var isFlagged = early.IsFlagged || late.IsFlagged || listed?.List == PartyList.Block;
        var needsLook = decision != Decision.Approve || isFlagged || listed is not null;
        var isExplained = explaining switch { Explaining.Always => true, Explaining.Never => false, _ => needsLook };
        return new()
        {
            Score = score,
            Decision = decision,
            IsFlagged = isFlagged,
            RuleScore = Math.Max(early.Points, Math.Max(early.Floor, late.Floor)),
            AnomalyScore = verdict.AnomalyScore,
            FraudProbability = verdict.FraudProbability,
            RuleHits = Codes(early.Live, late.Live),
            ShadowHits = Codes(early.Shadow, late.Shadow),
            NeedsLook = needsLook,
            Reasons = isExplained ? new Reasoning(subject, _models, early, late, listed).Tell(verdict.Score, withFloors, byRules, score) : [],
        };
    }

    private double ByList(ListedParty? listed, double score) => listed?.List switch
    {
        PartyList.Block => Math.Max(score, (double)Thresholds.Block),
        PartyList.Allow => Math.Min(score, Math.Max(0, (double)Thresholds.Review - Under)),
        _ => score,
    };

    private static string[] Codes(IReadOnlyList<Rule> early, IReadOnlyList<Rule> late) =>
        early.Count + late.Count == 0 ? [] : [.. early.Select(rule => rule.Code), .. late.Select(rule => rule.Code)];
}
