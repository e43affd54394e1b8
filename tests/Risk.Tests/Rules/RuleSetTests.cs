using Payments.Risk.Rules;
using static Payments.Risk.Tests.Rules.RuleSubjects;

namespace Payments.Risk.Tests.Rules;

public sealed class RuleSetTests
{
    private static readonly Dictionary<long, RuleActivity> Nothing = [];

    [Fact]
    public void Points_add_up_to_100_at_most_and_the_highest_floor_counts()
    {
        var rules = new RuleSet(
        [
            Rule("B", "amount > 10", points: 60) with { Floor = 30, Severity = RuleSeverity.High },
            Rule("A", "amount > 20", points: 60) with { Floor = 50, IsFlag = true },
            Rule("C", "amount > 1000") with { IsFlag = true, Floor = 99 },
        ]);

        var hits = rules.Evaluate(Subject(15), Now, PartyLists.Empty);
        Assert.Equal(["B"], hits.Live.Select(rule => rule.Code));
        Assert.Equal((60, 30, false, RuleSeverity.High), (hits.Points, hits.Floor, hits.IsFlagged, hits.Severity));

        hits = rules.Evaluate(Subject(25), Now, PartyLists.Empty);
        Assert.Equal(["A", "B"], hits.Live.Select(rule => rule.Code));
        Assert.Equal((100, 50, true, RuleSeverity.High), (hits.Points, hits.Floor, hits.IsFlagged, hits.Severity));

        hits = rules.Evaluate(Subject(5), Now, PartyLists.Empty);
        Assert.Same(RuleHits.None, hits);
        Assert.Equal((0, 0, false, null), (hits.Points, hits.Floor, hits.IsFlagged, hits.Severity));
    }

    [Fact]
    public void Shadow_rules_change_nothing_and_rules_that_are_off_are_not_asked()
    {
        var rules = new RuleSet([Rule("S", "amount > 1", mode: RuleMode.Shadow) with { IsFlag = true, Floor = 90 }, Rule("O", "amount > 1", mode: RuleMode.Off)]);

        var hits = rules.Evaluate(Subject(), Now, PartyLists.Empty);

        Assert.Equal(["S"], hits.Shadow.Select(rule => rule.Code));
        Assert.Equal((0, 0, 0, false), (hits.Live.Count, hits.Points, hits.Floor, hits.IsFlagged));
        Assert.Equal(["S"], rules.Active.Select(rule => rule.Code));
        Assert.Equal(["O", "S"], rules.All.Select(rule => rule.Code));
    }

    [Fact]
    public void Rules_over_the_score_are_asked_last()
    {
        var rules = new RuleSet([Rule("EARLY", "amount > 1"), Rule("LATE", "score > 70 and amount > 1", points: 0) with { Floor = 95 }]);

        Assert.Equal(["EARLY"], rules.Evaluate(Subject(), Now, PartyLists.Empty).Live.Select(rule => rule.Code));
        Assert.Equal(["LATE"], rules.EvaluateFinal(Subject(), 71, Now, PartyLists.Empty).Live.Select(rule => rule.Code));
        Assert.Same(RuleHits.None, rules.EvaluateFinal(Subject(), 70, Now, PartyLists.Empty));
        Assert.Equal("The rule LATE: score is 71.25, over 70 and amount is 100.00 USD, over 1.", rules.All[1].Explain(Subject(), 71.25).Text);
    }

    [Fact]
    public void A_rule_counts_while_it_is_valid_at_the_instant_of_scoring()
    {
        var rules = new RuleSet([Rule("R", "amount > 1") with { ValidFrom = Now, ValidUntil = Now.AddHours(1) }]);
        var tally = rules.Count(Nothing);

        Assert.Empty(rules.Evaluate(Subject(), Now.AddTicks(-1), PartyLists.Empty, tally).Live);
        Assert.Single(rules.Evaluate(Subject(), Now, PartyLists.Empty, tally).Live);
        Assert.Empty(rules.Evaluate(Subject(), Now.AddHours(1), PartyLists.Empty, tally).Live);
        Assert.Equal([new RuleActivity(1, 1, 0)], tally.Counts());
    }

    [Fact]
    public void A_code_stands_for_one_rule() =>
        Assert.Contains("R is there twice", Assert.Throws<ArgumentException>(() => new RuleSet([Rule("R", "amount > 1"), Rule("R", "amount > 2")])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_rule_that_hits_everything_stops_counting_within_the_batch()
    {
        var rules = new RuleSet([Rule("BAD", "amount > 0", id: 1), Rule("GOOD", "amount > 99_990", id: 2), Rule("SHADOW", "amount > 0", mode: RuleMode.Shadow, id: 3)]);
        var tally = rules.Count(Nothing);

        var live = Enumerable.Range(1, 100_000).Select(amount => rules.Evaluate(Subject(amount), Now, PartyLists.Empty, tally)).ToList();

        Assert.Equal(199, live.Count(hits => hits.Live.Any(rule => rule.Code == "BAD")));
        Assert.Equal(99_801, live.Count(hits => hits.Capped.Any(rule => rule.Code == "BAD")));
        Assert.Equal(10, live.Count(hits => hits.Live.Any(rule => rule.Code == "GOOD")));
        Assert.Equal(100_000, live.Count(hits => hits.Shadow.Any(rule => rule.Code == "SHADOW")));
        Assert.Equal([new(100_000, 100_000, 99_801), new RuleActivity(100_000, 10, 0), new(100_000, 100_000, 0)], tally.Counts());
        Assert.True(tally.IsCapped(0));
        Assert.False(tally.WasCapped(0));
        Assert.False(tally.IsCapped(1));
    }

    [Fact]
    public void A_capped_rule_counts_again_when_its_share_has_fallen()
    {
        var rules = new RuleSet([Rule("R", "amount > 100", id: 7) with { MaxShare = 0.5 }]);
        var tally = rules.Count(new Dictionary<long, RuleActivity> { [7] = new(1000, 501, 0) });

        Assert.True(tally.WasCapped(0));
        Assert.Single(rules.Evaluate(Subject(101), Now, PartyLists.Empty, tally).Capped);
        Assert.Empty(rules.Evaluate(Subject(1), Now, PartyLists.Empty, tally).Capped);
        for (var i = 0; i < 10; i++)
        {
            Assert.Same(RuleHits.None, rules.Evaluate(Subject(1), Now, PartyLists.Empty, tally));
        }

        Assert.Single(rules.Evaluate(Subject(101), Now, PartyLists.Empty, tally).Live);
        Assert.Equal([new RuleActivity(13, 2, 1)], tally.Counts());
    }

    [Fact]
    public void A_new_version_begins_its_count_anew_and_a_share_of_one_never_caps()
    {
        var before = new Dictionary<long, RuleActivity> { [1] = new(1000, 1000, 0), [3] = new(1000, 1000, 0) };
        var rules = new RuleSet([Rule("FIXED", "amount > 1", id: 2), Rule("ALL", "amount > 1", id: 3) with { MaxShare = 1 }]);

        Assert.Equal(2, rules.Evaluate(Subject(), Now, PartyLists.Empty, rules.Count(before)).Live.Count);
    }

    [Fact]
    public void Threads_that_share_a_count_lose_nothing()
    {
        var rules = new RuleSet([Rule("R", "amount > 50", id: 1) with { MaxShare = 0.6 }]);
        var tally = rules.Count(Nothing);

        Parallel.For(0, 100_000, payment => rules.Evaluate(Subject(payment % 100), Now, PartyLists.Empty, tally));

        Assert.Equal((100_000, 49_000), (tally.Counts()[0].Evaluated, tally.Counts()[0].Hits));
    }
}
