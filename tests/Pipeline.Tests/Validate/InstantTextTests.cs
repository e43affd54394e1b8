using System.Globalization;
using System.Text;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Tests.Validate;

public sealed class InstantTextTests
{
    [Theory]
    [InlineData("2025-01-15", "2025-01-15T00:00:00.0000000Z")]
    [InlineData("2025-01-15 14:30:00", "2025-01-15T14:30:00.0000000Z")]
    [InlineData("2025-01-15T14:30:00+05:30", "2025-01-15T09:00:00.0000000Z")]
    [InlineData("2025-01-15T14:30:00.1234567-08:00", "2025-01-15T22:30:00.1234567Z")]
    [InlineData("2025-01-15T14:30:00.5Z", "2025-01-15T14:30:00.5000000Z")]
    [InlineData("2025-01-01T00:00:00+14:00", "2024-12-31T10:00:00.0000000Z")]
    [InlineData("2025-01-01T00:00:00-00:00", "2025-01-01T00:00:00.0000000Z")]
    public void The_three_shapes_are_read(string text, string instant)
    {
        Assert.Equal(Fault.None, InstantText.Read(Encoding.UTF8.GetBytes(text), out var ticks));
        Assert.Equal(instant, new DateTime(ticks, DateTimeKind.Utc).ToString("O", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("2025-01-15T14:30:00.Z")]
    [InlineData("2025-01-15T14:30:00.12345678")]
    [InlineData("2025-01-15T14:30:00z")]
    [InlineData("2025-01-15t14:30:00")]
    [InlineData("2025-01-15T14:30:00 Z")]
    [InlineData("2025-01-15 14:30:00Z")]
    [InlineData("2025-01-15 14:30:00.5")]
    [InlineData("2025-01-15T14:30:00+0530")]
    [InlineData("2025-01-15T14:30:00+05")]
    [InlineData("2025-01-15T14-30-00")]
    [InlineData(" 2025-01-15")]
    [InlineData("2025-01-15 ")]
    [InlineData("2025-01-15\n")]
    [InlineData("٢٠٢٥-01-15")]
    [InlineData("+025-01-15")]
    public void Other_shapes_are_no_dates(string text)
    {
        Assert.Equal(Fault.Format, InstantText.Read(Encoding.UTF8.GetBytes(text), out _));
    }

    [Theory]
    [InlineData("2023-02-29")]
    [InlineData("0000-01-01")]
    [InlineData("2025-01-15T24:00:00Z")]
    [InlineData("2025-01-15 23:59:60")]
    [InlineData("2025-01-15T10:00:00+14:01")]
    [InlineData("2025-01-15T10:00:00-05:60")]
    public void The_right_shape_of_what_never_was_is_invalid(string text)
    {
        Assert.Equal(Fault.Invalid, InstantText.Read(Encoding.UTF8.GetBytes(text), out _));
    }

    [Fact]
    public void An_offset_may_lead_out_of_the_calendar_without_a_crash()
    {
        Assert.Equal(Fault.None, InstantText.Read("0001-01-01T00:00:00+10:00"u8, out var early));
        Assert.Equal(Fault.None, InstantText.Read("9999-12-31T23:59:59-10:00"u8, out var late));
        Assert.True(early < DateTime.MinValue.Ticks && late > DateTime.MaxValue.Ticks);
    }
}
