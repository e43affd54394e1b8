namespace Payments.Pipeline.Validate;

/// <summary>Card numbers in texts: 13 to 19 digits with a right check digit (ISO/IEC 7812), blanks or dashes between them.</summary>
public static class CardNumberText
{
    /// <summary>The fewest digits of a number.</summary>
    public const int MinDigits = 13;

    /// <summary>The most digits of a number.</summary>
    public const int MaxDigits = 19;

    /// <summary>Reads a number, without what is between its digits.</summary>
    /// <param name="text">The value.</param>
    /// <param name="digits">Room for <see cref="MaxDigits"/>.</param>
    /// <param name="count">How many there are.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, Span<byte> digits, out int count)
    {
        count = 0;
        foreach (var unit in text)
        {
            if (unit is (byte)' ' or (byte)'-') continue;
            if (!char.IsAsciiDigit((char)unit) || count == MaxDigits) return false;
            digits[count++] = unit;
        }

        return count >= MinDigits && HasCheckDigit(digits[..count]);
    }

    /// <summary>Whether the last digit follows from the others (Luhn).</summary>
    public static bool HasCheckDigit(ReadOnlySpan<byte> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            if (i % 2 == 1) digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }

    /// <summary>A text for people in which card numbers show their last four digits only.</summary>
    /// <param name="text">The text.</param>
    /// <param name="any">Also what has the length of a number and a wrong check digit: a card number with a slip.</param>
    /// <param name="isCut">The text ends where it was cut: a number may be cut too.</param>
    public static string Mask(string text, bool any = false, bool isCut = false)
    {
        var masked = default(char[]);
        if (isCut) masked = MaskEnd(text);
        Span<byte> digits = stackalloc byte[MaxDigits];
        Span<int> places = stackalloc int[MaxDigits];
        for (var at = 0; at < text.Length; at++)
        {
            if (!char.IsAsciiDigit(text[at]) || (at > 0 && char.IsAsciiDigit(text[at - 1]))) continue;
            var (count, longest) = (0, 0);
            for (var next = at; next < text.Length && count < MaxDigits; next++)
            {
                if (!char.IsAsciiDigit(text[next]))
                {
                    if (text[next] is ' ' or '-' && next + 1 < text.Length && char.IsAsciiDigit(text[next + 1])) continue;
                    break;
                }

                places[count] = next;
                digits[count++] = (byte)text[next];
                if (count >= MinDigits && (any || HasCheckDigit(digits[..count])) && !(next + 1 < text.Length && char.IsAsciiDigit(text[next + 1]))) longest = count;
            }

            if (longest == 0) continue;
            masked ??= text.ToCharArray();
            foreach (var place in places[..(longest - CardHash.Shown)]) masked[place] = '*';
            at = places[longest - 1];
        }

        return masked is null ? text : new(masked);
    }

    private static char[]? MaskEnd(string text)
    {
        var end = text.AsSpan().TrimEnd("0123456789 -").Length;
        if (text.AsSpan(end).IndexOfAnyInRange('0', '9') < 0) return null;
        var masked = text.ToCharArray();
        for (var at = end; at < masked.Length; at++) masked[at] = char.IsAsciiDigit(masked[at]) ? '*' : masked[at];
        return masked;
    }
}
