using Payments.Risk.Engine;
using Payments.Risk.Models;
using Payments.Risk.Rules;
using static Payments.Risk.Tests.Rules.RuleSubjects;

namespace Payments.Risk.Tests.Engine;

public sealed class RiskEngineTests
{
    [Fact]
    public void Points_without_models_are_the_score_and_add_up_in_the_reasons()
    {
        var assessment = Engine([Rule("A", "amount > 10", points: 45), Rule("B", "amount > 20", points: 30)]).Assess(Subject(25), Now);

        Assert.Equal((75, 75, Decision.Review, false), (assessment.Score, assessment.RuleScore, assessment.Decision, assessment.IsFlagged));
        Assert.Equal([("A", 45.0), ("B", 30.0)], assessment.Reasons.Select(reason => (reason.Code, reason.Contribution)));
        Assert.Equal("The rule A: amount is 25.00 USD, over 10.", assessment.Reasons[0].Text);
        Assert.Null(assessment.AnomalyScore);
        Assert.Null(assessment.FraudProbability);
    }

    [Theory]
    [InlineData(69.994, 69.99, Decision.Approve)]
    [InlineData(69.995, 70.00, Decision.Review)]
    [InlineData(89.99, 89.99, Decision.Review)]
    [InlineData(90, 90, Decision.Block)]
    public void The_stored_score_decides(double score, double stored, Decision decision)
    {
        var assessment = Engine([], models: new Fixed(score)).Assess(Subject(), Now);

        Assert.Equal(score, assessment.Score);
        Assert.Equal(((decimal)stored, decision), (assessment.RoundedScore, assessment.Decision));
    }

    [Fact]
    public void Reasons_are_given_from_review_upward_for_flags_and_on_request()
    {
        var engine = Engine([Rule("A", "amount > 10", points: 10), Rule("F", "amount > 1000", points: 5) with { IsFlag = true }]);

        Assert.Empty(engine.Assess(Subject(25), Now).Reasons);
        Assert.Equal(["A"], engine.Assess(Subject(25), Now).RuleHits);
        Assert.Equal(["A"], engine.Assess(Subject(25), Now, explain: true).Reasons.Select(reason => reason.Code));
        var flagged = engine.Assess(Subject(2000), Now);
        Assert.True(flagged.IsFlagged);
        Assert.Equal((Decision.Approve, 2), (flagged.Decision, flagged.Reasons.Count));
    }

    [Fact]
    public void A_floor_raises_the_score_and_answers_for_the_difference()
    {
        var engine = Engine([Rule("A", "amount > 10", points: 20), Rule("B", "amount > 10", points: 0) with { Floor = 80 }, Rule("LOW", "amount > 10", points: 0) with { Floor = 5 }]);

        var assessment = engine.Assess(Subject(25), Now);

        Assert.Equal(80, assessment.Score);
        Assert.Equal([("B", 60.0), ("A", 20.0), ("LOW", 0.0)], assessment.Reasons.Select(reason => (reason.Code, reason.Contribution)));
    }

    [Fact]
    public void A_rule_over_the_score_is_asked_last_and_tells_the_score()
    {
        var engine = Engine([Rule("A", "amount > 10", points: 71), Rule("HIGH", "score > 70", points: 0) with { Floor = 92 }]);

        var assessment = engine.Assess(Subject(25), Now);

        Assert.Equal((92, Decision.Block), (assessment.Score, assessment.Decision));
        Assert.Equal([("A", 71.0), ("HIGH", 21.0)], assessment.Reasons.Select(reason => (reason.Code, reason.Contribution)));
        Assert.Equal("The rule HIGH: score is 71, over 70.", assessment.Reasons[1].Text);
    }

    [Fact]
    public void Shadow_rules_are_told_and_change_nothing()
    {
        var assessment = Engine([Rule("S", "amount > 10", points: 99, mode: RuleMode.Shadow) with { IsFlag = true }]).Assess(Subject(25), Now);

        Assert.Equal((0, Decision.Approve, false), (assessment.Score, assessment.Decision, assessment.IsFlagged));
        Assert.Equal(["S"], assessment.ShadowHits);
        Assert.Empty(assessment.Reasons);
    }

    [Fact]
    public void A_block_list_flags_and_blocks_with_its_reason()
    {
        var assessment = Engine([], lists: Listed(PartyList.Block)).Assess(Subject(), Now);

        Assert.Equal((90, Decision.Block, true), (assessment.Score, assessment.Decision, assessment.IsFlagged));
        var reason = Assert.Single(assessment.Reasons);
        Assert.Equal(("BLOCK_LIST", "list", 90.0), (reason.Code, reason.Kind, reason.Contribution));
    }

    [Fact]
    public void An_allowance_keeps_the_score_under_review_and_leaves_flags()
    {
        var engine = Engine([Rule("A", "amount > 10", points: 95) with { IsFlag = true }], lists: Listed(PartyList.Allow));

        var assessment = engine.Assess(Subject(), Now);

        Assert.Equal((69.99, Decision.Approve, true), (assessment.Score, assessment.Decision, assessment.IsFlagged));
        Assert.Equal(69.99, assessment.Reasons.Sum(reason => reason.Contribution), 9);
        Assert.Equal(10, Engine([Rule("A", "amount > 10", points: 10)], lists: Listed(PartyList.Allow)).Assess(Subject(), Now).Score);
        Assert.Equal(95, engine.Assess(Subject(), Now.AddDays(2)).Score);
    }

    [Fact]
    public void Contributions_of_models_rules_floors_and_lists_add_up_to_the_score()
    {
        var engine = Engine(
            [Rule("A", "amount > 10", points: 10), Rule("B", "amount > 10", points: 30) with { Floor = 75 }],
            models: new NoisyOr(60), lists: Listed(PartyList.Block));

        var assessment = engine.Assess(Subject(), Now);

        // Models alone 60, with 40 points 76; the floor adds nothing, the list the rest.
        Assert.Equal(90, assessment.Score);
        var contributions = assessment.Reasons.ToDictionary(reason => reason.Code, reason => reason.Contribution);
        Assert.Equal(60, contributions["amount"], 9);
        Assert.Equal(4, contributions["A"], 9);
        Assert.Equal(12, contributions["B"], 9);
        Assert.Equal(14, contributions["BLOCK_LIST"], 9);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_batch_is_assessed_as_one_by_one_caps_included(bool isTallied)
    {
        var engine = Engine(
            [
                Rule("EARLY", "amount > 70", points: 45),
                Rule("FLAG", "amount > 95", points: 5) with { IsFlag = true },
                Rule("LATE", "score > 9") with { Floor = 75 },
                Rule("SHADOW", "amount > 50", mode: RuleMode.Shadow),
            ],
            models: new NoisyOr(10));
        var random = new Random(3);
        RiskSubject[] subjects = [.. Enumerable.Range(0, 1_000).Select(_ => Subject(random.Next(0, 101)))];
        var (single, together) = isTallied ? (engine.Rules.Count(new Dictionary<long, RuleActivity>()), engine.Rules.Count(new Dictionary<long, RuleActivity>())) : (null, null);
        var assessments = new Assessment[subjects.Length];

        Assessment[] alone = [.. subjects.Select(subject => engine.Assess(subject, Now, tally: single))];
        foreach (var first in (int[])[0, 300, 301, 640])
        {
            var until = first switch { 0 => 300, 300 => 301, 301 => 640, _ => subjects.Length };
            engine.Assess(subjects.AsSpan(first, until - first), assessments.AsSpan(first), Now, tally: together);
        }

        Assert.Equal(alone.Select(Words), assessments.Select(Words));
        Assert.Equal(single?.Counts(), together?.Counts());
        // Early and late rules alike hit more than a fifth.
        if (isTallied) Assert.All([0, 2], place => Assert.InRange(together!.Counts()[place].Capped, 1, together.Counts()[place].Hits - 1));
    }

    private static string Words(Assessment assessment) =>
        $"{assessment.Score:R} {assessment.Decision} {assessment.IsFlagged} {string.Join(',', assessment.RuleHits)} {string.Join(',', assessment.ShadowHits)} {string.Join(',', assessment.Reasons)}";

    private static RiskEngine Engine(IEnumerable<Rule> rules, RiskModels? models = null, PartyLists? lists = null) =>
        new(new RuleSet(rules), lists ?? PartyLists.Empty, models ?? RiskModels.Empty, DecisionThresholds.Default, new(1, 1));

    private static PartyLists Listed(PartyList list) => new([new(list, PartyKind.Customer, "CUST-1", "Known to us", Now.AddDays(1))], []);

    private sealed class Fixed(double score) : RiskModels
    {
        public override ModelVerdict Judge(ReadOnlySpan<double> features, double rulePoints) => new(score, null, null);
    }

    private sealed class NoisyOr(double score) : RiskModels
    {
        public override ModelVerdict Judge(ReadOnlySpan<double> features, double rulePoints) => new(100 * (1 - ((1 - (score / 100)) * (1 - (rulePoints / 100)))), 0.5, 0.6);

        public override IReadOnlyList<FeatureContribution> Explain(ReadOnlySpan<double> features) => [new(0, score, "model", 12)];
    }
}
