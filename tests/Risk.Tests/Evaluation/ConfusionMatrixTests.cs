using Payments.Risk.Evaluation;

namespace Payments.Risk.Tests.Evaluation;

public sealed class ConfusionMatrixTests
{
    [Fact]
    public void A_score_at_the_threshold_is_flagged()
    {
        var counts = ConfusionMatrix.At(70, [95, 70, 70, 69.99, 10], [true, true, false, true, false]);

        Assert.Equal(new ConfusionMatrix(TruePositives: 2, FalsePositives: 1, TrueNegatives: 1, FalseNegatives: 1), counts);
        Assert.Equal(2.0 / 3, counts.Precision);
        Assert.Equal(2.0 / 3, counts.Recall);
        Assert.Equal(1.0 / 2, counts.FalsePositiveRate);
    }

    [Fact]
    public void A_share_of_nothing_is_no_figure()
    {
        Assert.Null(ConfusionMatrix.At(70, [10], [true]).Precision);
        Assert.Null(ConfusionMatrix.At(70, [90], [false]).Recall);
        Assert.Null(ConfusionMatrix.At(70, [90], [true]).FalsePositiveRate);
    }

    [Fact]
    public void NaN_is_refused() => Assert.Throws<ArgumentException>(() => ConfusionMatrix.At(70, [double.NaN], [true]));
}
