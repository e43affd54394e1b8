using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Tests.Validate;

public sealed class RawTextTests
{
    [Fact]
    public void What_cannot_be_shown_is_escaped_and_nothing_is_lost()
    {
        byte[] raw = [.. "a\\b\tc\r\n\0é€😀"u8, 0xFF, 0xC3, .. "\u200B\u202E"u8, 0x7F];
        Assert.Equal((@"a\\b\tc\r\n\u{0}é€😀\xFF\xC3\u{200B}\u{202E}\u{7F}", false), RawText.Quote(raw, isCutAlready: false));
    }

    [Fact]
    public void Long_records_are_cut_between_characters()
    {
        Assert.Equal((new string('x', 4_000), false), RawText.Quote([.. Enumerable.Repeat((byte)'x', 4_000)], isCutAlready: false));
        Assert.Equal((new string('x', 4_000), true), RawText.Quote([.. Enumerable.Repeat((byte)'x', 4_001)], isCutAlready: false));
        Assert.Equal((new string('x', 3_999), true), RawText.Quote([.. Enumerable.Repeat((byte)'x', 3_999), .. "😀"u8], isCutAlready: false));
        Assert.Equal(("x", true), RawText.Quote("x"u8, isCutAlready: true));
    }
}
