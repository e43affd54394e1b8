using System.Buffers.Text;
using System.Text;

namespace Payments.Pipeline.Accept;

/// <summary>Writes a JSON number without an exponent, every digit kept: <c>1.25e2</c> is <c>125</c>. The rules read digits and a point.</summary>
internal static class DecimalText
{
    // Far more than any amount has on either side of the point: what is shifted beyond, past its own digits, is too large or too precise
    // however far.
    private const int Beyond = 40;

    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> number)
    {
        var text = number.Span;
        var mark = text.IndexOfAny((byte)'e', (byte)'E');
        if (mark < 0) return number;

        var exponent = ExponentOf(text[(mark + 1)..], mark + Beyond);
        var isNegative = text[0] == '-';
        var mantissa = text[(isNegative ? 1 : 0)..mark];
        var point = mantissa.IndexOf((byte)'.');
        var whole = Encoding.ASCII.GetString(point < 0 ? mantissa : mantissa[..point]);
        var fraction = point < 0 ? "" : Encoding.ASCII.GetString(mantissa[(point + 1)..]);
        if (exponent > 0)
        {
            fraction = fraction.PadRight(exponent, '0');
            whole += fraction[..exponent];
            fraction = fraction[exponent..];
        }
        else if (exponent < 0)
        {
            whole = whole.PadLeft(1 - exponent, '0');
            fraction = whole[^-exponent..] + fraction;
            whole = whole[..^-exponent];
        }

        // Zeros at the end are the exponent's, not the sender's.
        fraction = fraction.TrimEnd('0');
        return Encoding.ASCII.GetBytes($"{(isNegative ? "-" : "")}{whole}{(fraction.Length > 0 ? "." : "")}{fraction}");
    }

    private static int ExponentOf(ReadOnlySpan<byte> text, int furthest)
    {
        var isNegative = text[0] == '-';
        var digits = text[(text[0] is (byte)'-' or (byte)'+' ? 1 : 0)..].TrimStart((byte)'0');
        if (digits.IsEmpty) return 0;
        var size = digits.Length <= 9 && Utf8Parser.TryParse(digits, out int value, out _) ? Math.Min(value, furthest) : furthest;
        return isNegative ? -size : size;
    }
}
