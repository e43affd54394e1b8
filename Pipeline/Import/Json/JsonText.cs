using System.Globalization;
using System.Text;

namespace Payments.Pipeline.Import.Json;

/// <summary>Texts of JSON as the bytes that they stand for.</summary>
internal static class JsonText
{
    /// <summary>Writes a text (without its quotes) with its escapes resolved; half of a surrogate pair becomes U+FFFD.</summary>
    /// <returns>The bytes written, never more than the text has.</returns>
    public static int Unescape(ReadOnlySpan<byte> text, Span<byte> to)
    {
        var used = 0;
        for (var escape = text.IndexOf((byte)'\\'); escape >= 0; escape = text.IndexOf((byte)'\\'))
        {
            text[..escape].CopyTo(to[used..]);
            used += escape;
            var (rune, length) = Decode(text[escape..]);
            used += rune.EncodeToUtf8(to[used..]);
            text = text[(escape + length)..];
        }

        text.CopyTo(to[used..]);
        return used + text.Length;
    }

    private static (Rune Rune, int Length) Decode(ReadOnlySpan<byte> escape)
    {
        switch (escape[1])
        {
            case (byte)'b': return (new('\b'), 2);
            case (byte)'f': return (new('\f'), 2);
            case (byte)'n': return (new('\n'), 2);
            case (byte)'r': return (new('\r'), 2);
            case (byte)'t': return (new('\t'), 2);
            case (byte)'u': break;
            default: return (new((char)escape[1]), 2);
        }

        var first = Unit(escape);
        if (Rune.TryCreate(first, out var rune)) return (rune, 6);
        return escape.Length >= 12 && escape[6] == '\\' && escape[7] == 'u' && Rune.TryCreate(first, Unit(escape[6..]), out var pair)
            ? (pair, 12)
            : (Rune.ReplacementChar, 6);
    }

    private static char Unit(ReadOnlySpan<byte> escape) => (char)ushort.Parse(escape[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
