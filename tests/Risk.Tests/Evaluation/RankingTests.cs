using Payments.Risk.Evaluation;

namespace Payments.Risk.Tests.Evaluation;

public sealed class RankingTests
{
    private static readonly double[] Scores = [.9, .8, .7, .7, .7, .4, .1];
    private static readonly bool[] Labels = [true, false, true, false, false, true, false];

    [Fact]
    public void AUC_counts_won_pairs_and_half_of_the_tied()
    {
        // Three positives, four negatives: .9 wins 4; .7 wins 1 (.1) and ties 2; .4 wins 1. (4 + 2 + 1) / 12.
        Assert.Equal(7.0 / 12, Ranking.AucRoc(Scores, Labels));
    }

    [Fact]
    public void AUC_is_the_rank_sum_with_mid_ranks()
    {
        // Ascending ranks: .1 -> 1, .4 -> 2, three of .7 -> 4, .8 -> 6, .9 -> 7. R = 7 + 4 + 2 = 13; (13 - 3 * 4 / 2) / 12.
        Assert.Equal((13 - 6) / 12.0, Ranking.AucRoc(Scores, Labels));
    }

    [Fact]
    public void Average_precision_sums_precision_over_steps_of_recall()
    {
        // .9: P 1, recall +1/3; .8: no new positive; the three of .7 together: P 2/5, +1/3; .4: P 3/6, +1/3.
        Assert.Equal((1 + 2.0 / 5 + 3.0 / 6) / 3, Ranking.AveragePrecision(Scores, Labels)!.Value, 1e-15);
    }

    [Fact]
    public void The_example_of_scikit_learn_gives_its_figures()
    {
        double[] scores = [.1, .4, .35, .8];
        bool[] labels = [false, false, true, true];

        Assert.Equal(.75, Ranking.AucRoc(scores, labels));
        Assert.Equal(.8333333333333333, Ranking.AveragePrecision(scores, labels)!.Value, 1e-15);
    }

    [Fact]
    public void All_scores_equal_say_nothing()
    {
        var scores = new double[8];
        bool[] labels = [true, false, false, false, true, false, false, false];

        Assert.Equal(.5, Ranking.AucRoc(scores, labels));
        Assert.Equal(.25, Ranking.AveragePrecision(scores, labels));
    }

    [Fact]
    public void A_perfect_ranking_scores_one_and_its_reverse_nothing()
    {
        bool[] labels = [true, true, false, false];

        Assert.Equal(1, Ranking.AucRoc([4, 3, 2, 1], labels));
        Assert.Equal(1, Ranking.AveragePrecision([4, 3, 2, 1], labels));
        Assert.Equal(0, Ranking.AucRoc([1, 2, 3, 4], labels));
    }

    [Fact]
    public void Only_the_order_of_the_scores_counts()
    {
        var stretched = Scores.Select(score => Math.Exp(10 * score) - 5).ToArray();

        Assert.Equal(Ranking.AucRoc(Scores, Labels), Ranking.AucRoc(stretched, Labels));
        Assert.Equal(Ranking.AveragePrecision(Scores, Labels), Ranking.AveragePrecision(stretched, Labels));
    }

    [Fact]
    public void Infinite_scores_rank_at_the_ends() =>
        Assert.Equal(1, Ranking.AucRoc([double.PositiveInfinity, 0, double.NegativeInfinity], [true, true, false]));

    [Fact]
    public void Without_both_classes_there_is_no_figure()
    {
        Assert.Null(Ranking.AucRoc([], []));
        Assert.Null(Ranking.AucRoc([1, 2], [true, true]));
        Assert.Null(Ranking.AucRoc([1, 2], [false, false]));
        Assert.Null(Ranking.AveragePrecision([1, 2], [false, false]));
        Assert.Equal(1, Ranking.AveragePrecision([1, 2], [true, true]));
    }

    [Fact]
    public void NaN_and_unequal_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Ranking.AucRoc([1, double.NaN], [true, false]));
        Assert.Throws<ArgumentException>(() => Ranking.AveragePrecision([1, 2], [true]));
    }
}
