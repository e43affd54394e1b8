using Payments.Risk.Evaluation;

namespace Payments.Risk.Tests.Evaluation;

public sealed class CardPrecisionTests
{
    private static readonly DateOnly Monday = new(2018, 7, 2);

    [Fact]
    public void Customers_rank_by_their_highest_score_and_count_once()
    {
        ScoredPayment[] payments =
        [
            new("1", "a", Monday, .9, false), // a: .9, and a fraud elsewhere on the day: compromised
            new("2", "a", Monday, .1, true),
            new("3", "a", Monday, .8, false),
            new("4", "b", Monday, .7, false),
            new("5", "c", Monday, .6, true), // third, behind the first two
        ];

        Assert.Equal(1.0 / 2, CardPrecision.At(2, payments));
        Assert.Equal(2.0 / 3, CardPrecision.At(3, payments));
    }

    [Fact]
    public void A_caught_customer_is_left_out_of_later_days_and_makes_room()
    {
        ScoredPayment[] payments =
        [
            new("1", "a", Monday, .9, true), // caught on Monday
            new("2", "b", Monday, .5, true), // not among the first one
            new("3", "a", Monday.AddDays(1), .9, true),
            new("4", "b", Monday.AddDays(1), .5, true), // caught on Tuesday
            new("5", "a", Monday.AddDays(2), .9, true),
            new("6", "b", Monday.AddDays(2), .8, true),
            new("7", "c", Monday.AddDays(2), .1, false),
        ];

        Assert.Equal((1.0 + 1.0 + 0.0) / 3, CardPrecision.At(1, payments));
    }

    [Fact]
    public void A_customer_ranked_without_fraud_comes_again()
    {
        ScoredPayment[] payments =
        [
            new("1", "a", Monday, .9, false),
            new("2", "b", Monday, .1, true),
            new("3", "a", Monday.AddDays(1), .9, true),
        ];

        Assert.Equal((0.0 + 1.0) / 2, CardPrecision.At(1, payments));
    }

    [Fact]
    public void The_divisor_is_k_on_days_with_fewer_customers_too()
    {
        Assert.Equal(.01, CardPrecision.At(100, [new("1", "a", Monday, .9, true)]));
    }

    [Theory]
    [InlineData("9", "10")] // as numbers, not as text
    [InlineData("hb_999", "hb_1000")]
    [InlineData("A1", "a1")] // by character
    public void Of_equal_scores_the_lower_payment_comes_first(string lower, string higher)
    {
        ScoredPayment[] payments = [new(higher, "b", Monday, .5, false), new(lower, "a", Monday, .5, true)];

        Assert.Equal(1, CardPrecision.At(1, payments));
        Assert.Equal(1, CardPrecision.At(1, payments.Reverse()));
    }

    [Fact]
    public void A_tie_is_broken_by_the_customers_own_lowest_payment_of_that_score()
    {
        ScoredPayment[] payments =
        [
            new("1", "b", Monday, .4, false), // a lower id, but not b's highest score
            new("3", "b", Monday, .5, false),
            new("2", "a", Monday, .5, true),
            new("4", "a", Monday, .5, true),
        ];

        Assert.Equal(1, CardPrecision.At(1, payments));
    }

    [Fact]
    public void Without_payments_there_is_no_figure() => Assert.Null(CardPrecision.At(100, []));

    [Fact]
    public void NaN_is_refused() =>
        Assert.Throws<ArgumentException>(() => CardPrecision.At(100, [new("1", "a", Monday, double.NaN, true)]));
}
