using Payments.Risk.Evaluation;

namespace Payments.Risk.Tests.Evaluation;

public sealed class EvenSampleTests
{
    [Theory]
    [InlineData(4, "0 1 2 3")]
    [InlineData(5, "0 2 4")]
    [InlineData(8, "0 2 4 6")]
    [InlineData(9, "0 4 8")]
    [InlineData(33, "0 16 32")]
    public void A_sample_is_thinned_as_rows_come_by(int rows, string expected)
    {
        var sample = new EvenSample(columns: 2, most: 4);
        for (var i = 0; i < rows; i++)
        {
            sample.Add([-i, i]);
        }

        Assert.Equal((rows, expected), ((int)sample.Seen, string.Join(' ', sample.Column(1))));
    }

    [Fact]
    public void A_row_of_another_width_is_refused() => Assert.Throws<ArgumentException>(() => new EvenSample(2, 4).Add([1]));
}
