using Payments.Risk.Engine;
using Payments.Risk.Evaluation;

namespace Payments.Risk.Tests.Evaluation;

public sealed class DecisionQualityTests
{
    [Fact]
    public void Blocking_and_reviewing_are_counted_apart_and_the_ranking_looks_at_scores_alone()
    {
        // Ranked 95 fraud, 91 genuine, 80 fraud, 71 genuine, 40 fraud, 5 genuine.
        var quality = DecisionQuality.Of(
        [
            new(95, Decision.Block, true),
            new(91, Decision.Block, false),
            new(80, Decision.Review, true),
            new(71, Decision.Review, false),
            new(40, Decision.Approve, true),
            new(5, Decision.Approve, false),
        ]);

        Assert.Equal(new ConfusionMatrix(TruePositives: 2, FalsePositives: 2, TrueNegatives: 1, FalseNegatives: 1), quality.Review);
        Assert.Equal((1 / 2.0, 2 / 3.0, 2 / 3.0), (quality.Review.Precision, quality.Review.Recall, quality.Review.FalsePositiveRate));
        Assert.Equal(new ConfusionMatrix(TruePositives: 1, FalsePositives: 1, TrueNegatives: 2, FalseNegatives: 2), quality.Block);
        Assert.Equal((1 / 2.0, 1 / 3.0, 1 / 3.0), (quality.Block.Precision, quality.Block.Recall, quality.Block.FalsePositiveRate));
        // (1/1 + 2/3 + 3/5) / 3, and 3 + 2 + 1 of 9 pairs won.
        Assert.Equal((1 + (2 / 3.0) + (3 / 5.0)) / 3, quality.AveragePrecision!.Value, 1e-12);
        Assert.Equal(6 / 9.0, quality.AucRoc);
    }

    [Fact]
    public void Without_frauds_there_is_no_recall_and_without_payments_nothing()
    {
        var genuine = DecisionQuality.Of([new(80, Decision.Review, false), new(5, Decision.Approve, false)]);
        Assert.Equal((0.0, null, 1 / 2.0, null, null), (genuine.Review.Precision, genuine.Review.Recall, genuine.Review.FalsePositiveRate, genuine.AveragePrecision, genuine.AucRoc));

        var none = DecisionQuality.Of([]);
        Assert.Equal((null, null, null, null), (none.Block.Precision, none.Block.Recall, none.Block.FalsePositiveRate, none.AveragePrecision));
    }
}
