using System.Buffers;
using System.Text;
using Payments.Pipeline.Load;

namespace Payments.Pipeline.Validate;

/// <summary>Every rule about values, each once; profiles say which column follows which.</summary>
internal static class Rules
{
    private const int IdLength = 50;
    private const int PercentScale = 4;
    private static readonly SearchValues<byte> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"u8);

    /// <summary><c>[A-Za-z0-9_-]{1,50}</c>.</summary>
    public static Rule Id { get; } = new(
        "1 to 50 letters, digits, `_` or `-`",
        (text, row, _) =>
        {
            if (text.Length > IdLength || text.ContainsAnyExcept(IdCharacters)) return Fault.Format;
            row.Text(text);
            return Fault.None;
        },
        Fault.Format);

    /// <summary>The id of something that the store must know: whatever it looks like, the store decides.</summary>
    public static Rule Reference { get; } = new(
        "known to the store",
        (text, row, _) =>
        {
            row.Text(text);
            return Fault.None;
        },
        Fault.Unknown);

    /// <summary>The id of something that is made where the store does not know it.</summary>
    public static Rule CreatedReference => Id;

    /// <summary>An ISO 4217 alphabetic code in capitals.</summary>
    public static Rule Currency { get; } = new(
        "an ISO 4217 code in capitals",
        (text, row, context) =>
        {
            if (context.Currencies.MinorDigits(text) is not { } digits) return Fault.Unknown;
            context.CurrencyDigits = digits;
            row.Text(text);
            return Fault.None;
        },
        Fault.Unknown);

    /// <summary>An amount over 0; the record's currency is read before it.</summary>
    public static Rule Amount { get; } = AmountOf(isZeroAllowed: false, Fault.NotPositive);

    /// <summary>An amount of 0 or more; the record's currency is read before it.</summary>
    public static Rule AmountOrZero { get; } = AmountOf(isZeroAllowed: true, Fault.Negative);

    /// <summary>An instant from 2000-01-01 until now.</summary>
    public static Rule PastInstant { get; } = new(
        "`yyyy-MM-dd`, `yyyy-MM-dd HH:mm:ss` or `yyyy-MM-ddTHH:mm:ss[.f{1,7}][Z or (+ or -)hh:mm]`",
        (text, row, context) =>
        {
            var fault = InstantText.Read(text, out var ticks);
            if (fault != Fault.None) return fault;
            var instant = PostgresInstant.FromTicks(ticks);
            if (ticks < PostgresInstant.Epoch.Ticks) return Fault.TooOld;
            if (instant > context.Now) return Fault.Future;
            context.Instant = instant;
            row.Int64(instant);
            return Fault.None;
        },
        Fault.Format,
        Fault.Invalid,
        Fault.TooOld,
        Fault.Future);

    /// <summary>A day, <c>yyyy-MM-dd</c>, of the years 1 to 9999.</summary>
    public static Rule Day { get; } = new(
        "`yyyy-MM-dd`",
        (text, row, _) =>
        {
            var fault = InstantText.ReadDay(text, out var ticks);
            if (fault == Fault.None) row.Date(DateOnly.FromDateTime(new DateTime(ticks, DateTimeKind.Utc)));
            return fault;
        },
        Fault.Format,
        Fault.Invalid);

    /// <summary>A percentage from 0 to 100 with at most four decimals.</summary>
    public static Rule Percent { get; } = new(
        "digits, with up to four decimals after a point",
        (text, row, _) =>
        {
            var point = text.IndexOf((byte)'.');
            var whole = point < 0 ? text : text[..point];
            var fraction = point < 0 ? [] : text[(point + 1)..];
            if (!AreDigits(whole) || (point >= 0 && !AreDigits(fraction))) return Fault.Format;
            whole = whole.TrimStart((byte)'0');
            if (whole.Length > 3) return Fault.OutOfRange;
            if (fraction.Length > PercentScale) return Fault.Precision;
            var unscaled = 0;
            foreach (var digit in whole) unscaled = (unscaled * 10) + digit - '0';
            for (var i = 0; i < PercentScale; i++) unscaled = (unscaled * 10) + (i < fraction.Length ? fraction[i] - '0' : 0);
            if (unscaled > 100_0000) return Fault.OutOfRange;
            row.Numeric(unscaled, PercentScale);
            return Fault.None;
        },
        Fault.Format,
        Fault.OutOfRange,
        Fault.Precision);

    /// <summary>0 or 1: no or yes.</summary>
    public static Rule Flag { get; } = new(
        "`0` or `1`",
        (text, row, _) =>
        {
            if (text is not ([(byte)'0'] or [(byte)'1'])) return Fault.Format;
            row.Boolean(text[0] == '1');
            return Fault.None;
        },
        Fault.Format);

    /// <summary>A card number; what is written is its keyed hash and its last four digits.</summary>
    public static Rule CardNumber { get; } = new(
        "13 to 19 digits with a right check digit, blanks or dashes between them",
        (text, row, context) =>
        {
            Span<byte> digits = stackalloc byte[CardNumberText.MaxDigits];
            if (!CardNumberText.TryRead(text, digits, out var count)) return Fault.Format;
            context.Cards!.Write(digits[..count], digits[(count - CardHash.Shown)..count], row);
            return Fault.None;
        },
        Fault.Format);

    /// <summary>An e-mail address as far as its shape tells: one @ with something on both sides, no blanks.</summary>
    public static Rule Email { get; } = new(
        "an address with one `@` and no blanks",
        (text, row, _) =>
        {
            var at = text.IndexOf((byte)'@');
            if (at < 1 || at == text.Length - 1 || text[(at + 1)..].Contains((byte)'@') || text.ContainsAnyInRange((byte)0, (byte)' ')) return Fault.Format;
            row.Text(text);
            return Fault.None;
        },
        Fault.Format);

    /// <summary>A text of at most so many characters, without control characters.</summary>
    public static Rule Text(int maxCharacters) => new(
        "text without control characters",
        (text, row, _) =>
        {
            if (text.ContainsAnyInRange((byte)0, (byte)0x1F) || text.Contains((byte)0x7F)) return Fault.Format;
            if (text.Length > maxCharacters && Encoding.UTF8.GetCharCount(text) > maxCharacters) return Fault.TooLong;
            row.Text(text);
            return Fault.None;
        },
        Fault.Format,
        Fault.TooLong);

    /// <summary>A whole number within bounds, both included.</summary>
    public static Rule Integer(int min, int max) => new(
        "a whole number",
        (text, row, _) =>
        {
            if (!AreDigits(text)) return Fault.Format;
            text = text.TrimStart((byte)'0');
            if (text.Length > 9) return Fault.OutOfRange;
            var number = 0;
            foreach (var digit in text) number = (number * 10) + digit - '0';
            if (number < min || number > max) return Fault.OutOfRange;
            row.Int32(number);
            return Fault.None;
        },
        Fault.Format,
        Fault.OutOfRange);

    /// <summary>One of the words, compared byte by byte.</summary>
    public static Rule OneOf(params string[] words)
    {
        var known = words.Select(Encoding.UTF8.GetBytes).ToArray();
        return new(
            $"one of {string.Join(", ", words)}",
            (text, row, _) =>
            {
                foreach (var word in known)
                {
                    if (!text.SequenceEqual(word)) continue;
                    row.Text(text);
                    return Fault.None;
                }

                return Fault.Unknown;
            },
            Fault.Unknown);
    }

    private static Rule AmountOf(bool isZeroAllowed, Fault tooSmall) => new(
        "digits, with decimals after a point: no group separators, no exponent, no sign but `-`",
        (text, row, context) =>
        {
            var fault = AmountText.Read(text, context.CurrencyDigits, isZeroAllowed, out var thousandths);
            if (fault == Fault.None) row.Numeric(thousandths, scale: 3);
            return fault;
        },
        Fault.Format,
        tooSmall,
        Fault.Precision,
        Fault.TooLarge)
    {
        JudgesLongText = true,
    };

    private static bool AreDigits(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
