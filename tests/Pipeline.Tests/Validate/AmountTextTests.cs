using System.Text;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Tests.Validate;

public sealed class AmountTextTests
{
    [Theory]
    [InlineData("0.01", 2, 10)]
    [InlineData("9999999999999.99", 2, 9_999_999_999_999_990)]
    [InlineData("000000000000000000000120.5", 2, 120_500)]
    [InlineData("7", 0, 7_000)]
    [InlineData("7.00", 0, 7_000)]
    [InlineData("1.234", 3, 1_234)]
    public void A_written_number_is_read_exactly(string text, int digits, long thousandths)
    {
        Assert.Equal(Fault.None, AmountText.Read(Encoding.UTF8.GetBytes(text), digits, isZeroAllowed: false, out var read));
        Assert.Equal(thousandths, read);
    }

    [Theory]
    [InlineData("+1", 2, Fault.Format)]
    [InlineData("1.", 2, Fault.Format)]
    [InlineData(".5", 2, Fault.Format)]
    [InlineData("-", 2, Fault.Format)]
    [InlineData("--1", 2, Fault.Format)]
    [InlineData("1,00", 2, Fault.Format)]
    [InlineData("1 000", 2, Fault.Format)]
    [InlineData(" 1", 2, Fault.Format)]
    [InlineData("1.0.0", 2, Fault.Format)]
    [InlineData("$5", 2, Fault.Format)]
    [InlineData("0x10", 2, Fault.Format)]
    [InlineData("١٢", 2, Fault.Format)]
    [InlineData("-0.00", 2, Fault.NotPositive)]
    [InlineData("-0.001", 2, Fault.NotPositive)]
    [InlineData("0.000", 2, Fault.NotPositive)]
    [InlineData("120.500", 2, Fault.Precision)]
    [InlineData("120.5", 0, Fault.Precision)]
    [InlineData("1.2345", 3, Fault.Precision)]
    [InlineData("10000000000000.001", 2, Fault.Precision)]
    [InlineData("10000000000000", 2, Fault.TooLarge)]
    [InlineData("9999999999999.999", 3, Fault.TooLarge)]
    public void Anything_else_is_refused_for_one_reason(string text, int digits, object fault)
    {
        Assert.Equal((Fault)fault, AmountText.Read(Encoding.UTF8.GetBytes(text), digits, isZeroAllowed: false, out _));
    }

    [Fact]
    public void Where_zero_is_an_amount_a_negative_one_is_not()
    {
        Assert.Equal(Fault.None, AmountText.Read("0.00"u8, 2, isZeroAllowed: true, out _));
        Assert.Equal(Fault.None, AmountText.Read("-0"u8, 2, isZeroAllowed: true, out _));
        Assert.Equal(Fault.Negative, AmountText.Read("-0.01"u8, 2, isZeroAllowed: true, out _));
    }
}
