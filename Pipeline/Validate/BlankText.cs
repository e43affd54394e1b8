using System.Text;

namespace Payments.Pipeline.Validate;

/// <summary>What counts as no value: nothing, or white space only.</summary>
internal static class BlankText
{
    public static bool Is(ReadOnlySpan<byte> utf8)
    {
        while (!utf8.IsEmpty)
        {
            if (utf8[0] is > (byte)' ' and < 0x80) return false;
            Rune.DecodeFromUtf8(utf8, out var rune, out var length);
            if (!Rune.IsWhiteSpace(rune)) return false;
            utf8 = utf8[length..];
        }

        return true;
    }
}
