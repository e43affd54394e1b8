using Payments.Risk.Engine;
using Payments.Risk.Rules;
using static Payments.Risk.Tests.Rules.RuleSubjects;

namespace Payments.Risk.Tests.Rules;

public sealed class RuleBacktestTests
{
    [Fact]
    public void Hits_rates_amounts_and_overlaps_are_counted()
    {
        var backtest = new RuleBacktest(Parse("amount >= 100"), [Rule("NEAR", "amount >= 90"), Rule("CRYPTO", "payment_method = 'CRYPTO'"), Rule("SCORED", "score > 70")]);

        Add(backtest, 500, isFraud: true, method: "CRYPTO", score: 95, decision: Decision.Block);
        Add(backtest, 200, isFraud: true);
        Add(backtest, 100, isFraud: false, decision: Decision.Review);
        Add(backtest, 300);
        Add(backtest, 400, isMatured: false);
        Add(backtest, 90, isFraud: true);
        Add(backtest, 10, method: "CRYPTO");
        Add(backtest, 10, isMatured: false);

        var result = backtest.Result();
        Assert.Equal((8, 5, 0.625), (result.Payments, result.Hits, result.HitShare));
        Assert.Equal((6, 2, 3), (result.Judged, result.PresumedGenuine, result.Frauds));
        Assert.Equal((2, 2), (result.TruePositives, result.FalsePositives));
        Assert.Equal((0.5, 2.0 / 3, 2.0 / 3), (result.Precision, result.Recall, result.FalsePositiveRate));
        Assert.Equal([new BacktestAmount("USD", 700, 0, 400)], result.Amounts);
        Assert.Equal(new BacktestDecisions(3, 1, 1), result.Decisions);
        Assert.Equal(["NEAR", "CRYPTO", "SCORED"], result.Rules.Select(rule => rule.RuleCode));
        Assert.Equal(new BacktestOverlap(6, 5, 1, 5.0 / 6, 2, 0, 0), result.Rules[0].Overlap);
        Assert.Equal(new BacktestOverlap(2, 1, 0.2, 0.5, 1, 4, 1), result.Rules[1].Overlap);
        Assert.Equal(new BacktestOverlap(1, 1, 0.2, 1, 1, 4, 1), result.Rules[2].Overlap);
        Assert.Equal(new BacktestOverlap(7, 5, 1, 5.0 / 7, 2, 0, 0), result.LiveSet);
    }

    [Fact]
    public void What_no_live_rule_hits_is_saved_beyond_them()
    {
        var backtest = new RuleBacktest(Parse("amount > 0"), [Rule("CRYPTO", "payment_method = 'CRYPTO'")]);

        Add(backtest, 10.25, isFraud: true);
        Add(backtest, 5, isFraud: true, method: "CRYPTO");

        Assert.Equal([new BacktestAmount("USD", 15.25m, 10.25m, 0)], backtest.Result().Amounts);
        Assert.Equal((1, 1), (backtest.Result().LiveSet.NewHits, backtest.Result().LiveSet.NewFrauds));
    }

    [Fact]
    public void Without_a_known_fraud_nothing_is_said_about_precision()
    {
        var backtest = new RuleBacktest(Parse("amount > 0"), []);
        Assert.Equal((0, null, null, null, null), (backtest.Result().Payments, backtest.Result().HitShare, backtest.Result().Precision, backtest.Result().Recall, backtest.Result().FalsePositiveRate));

        Add(backtest, 10);

        Assert.Equal((1, 1.0, null, null, 1.0), (backtest.Result().Hits, backtest.Result().HitShare, backtest.Result().Precision, backtest.Result().Recall, backtest.Result().FalsePositiveRate));
    }

    private static void Add(RuleBacktest backtest, double amount, bool? isFraud = null, bool isMatured = true, string method = "WALLET", double score = 10, Decision decision = Decision.Approve) =>
        backtest.Add(Subject(amount, method: method), score, decision, isFraud, isMatured);
}
