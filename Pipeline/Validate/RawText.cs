using System.Globalization;
using System.Text;

namespace Payments.Pipeline.Validate;

/// <summary>
/// Quotes bytes of a file as text that is safe to show and loses nothing: <c>\\</c> is a backslash, <c>\xHH</c> a byte that is not
/// UTF-8, <c>\n \r \t \u{H}</c> control and format characters (what cannot be seen, or changes how the rest is shown).
/// </summary>
internal static class RawText
{
    /// <summary>The longest text, in UTF-16 units.</summary>
    public const int MaxLength = 4_000;

    /// <summary>The text, and whether it had to be cut.</summary>
    public static (string Text, bool IsCut) Quote(ReadOnlySpan<byte> bytes, bool isCutAlready)
    {
        var text = new StringBuilder(Math.Min(bytes.Length, MaxLength));
        Span<char> units = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            var isValid = Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (isValid && !IsHidden(rune) && rune.Value != '\\')
            {
                var used = rune.EncodeToUtf16(units);
                if (text.Length + used > MaxLength) return (text.ToString(), true);
                text.Append(units[..used]);
            }
            else
            {
                if (!isValid) length = 1;
                var escape = isValid ? Escape(rune) : $"\\x{bytes[0]:X2}";
                if (text.Length + escape.Length > MaxLength) return (text.ToString(), true);
                text.Append(escape);
            }

            bytes = bytes[length..];
        }

        return (text.ToString(), isCutAlready);
    }

    private static bool IsHidden(Rune rune) => !(rune.IsAscii && rune.Value is >= ' ' and < 0x7F) && Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse;

    private static string Escape(Rune rune) => rune.Value switch
    {
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        var value => $"\\u{{{value:X}}}",
    };
}
