using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Payments.Pipeline.Validate;

/// <summary>Rules about lines of processors' reports: amounts have a sign, and what one rule reads the next ones know (<see cref="RecordContext.Line"/>).</summary>
internal static class ReportRules
{
    /// <summary>The category of payouts: they are no part of what they pay out.</summary>
    public const string Payout = "payout";

    /// <summary>The longest reference that is kept, in characters; a reference has no others but ASCII ones.</summary>
    public const int LongestReference = 200;

    private const int LongestDescription = 250;
    private const int LongestCategory = 100;
    private const int RateScale = 10;

    private const string Digits = "digits, with decimals after a point, `-` before it where it is below 0: no group separators, no exponent";

    /// <summary>A currency in small or capital letters; the line's amounts follow from it.</summary>
    public static Rule Currency { get; } = new(
        "an ISO 4217 code",
        (text, row, context) =>
        {
            Span<byte> code = stackalloc byte[3];
            if (!TryReadCurrency(text, context, code, out var digits)) return Fault.Unknown;
            context.CurrencyDigits = digits;
            row.Text(code);
            return Fault.None;
        },
        Fault.Unknown);

    /// <summary>What the line adds to the account.</summary>
    public static Rule Net { get; } = Signed((line, amount) => line.Net = amount);

    /// <summary>What the processor keeps of it.</summary>
    public static Rule Fee { get; } = Signed((line, amount) => line.Fee = amount);

    /// <summary>The amount before the fee; read last of the three, because they must balance.</summary>
    public static Rule Gross { get; } = Signed((line, amount) => line.Gross = amount) with
    {
        Read = (text, row, context) =>
        {
            var fault = AmountText.ReadSigned(text, context.CurrencyDigits, out var amount);
            if (fault != Fault.None) return fault;
            context.Line.Gross = amount;
            if (!IsBalanced(context.Line)) return Fault.Unbalanced;
            row.Numeric(amount, scale: 3);
            return Fault.None;
        },
        Faults = [Fault.Format, Fault.Precision, Fault.TooLarge, Fault.Unbalanced],
    };

    /// <summary>The processor's own word, as it is.</summary>
    public static Rule OriginalCategory { get; } = Reference(LongestCategory);

    /// <summary>A text for people; what is too long is cut, and control characters are blanks.</summary>
    public static Rule Description { get; } = new(
        "text",
        (text, row, _) =>
        {
            Span<char> characters = stackalloc char[LongestDescription];
            Encoding.UTF8.GetDecoder().Convert(text, characters, flush: false, out int _, out var used, out bool _);
            foreach (ref var character in characters[..used])
            {
                if (char.IsControl(character)) character = ' ';
            }

            Span<byte> utf8 = stackalloc byte[LongestDescription * 3];
            row.Text(utf8[..Encoding.UTF8.GetBytes(characters[..used], utf8)]);
            return Fault.None;
        })
    {
        JudgesLongText = true,
    };

    /// <summary>A reference of at most so many printable ASCII characters.</summary>
    public static Rule Reference(int maxLength = 100) => new(
        $"at most {maxLength} printable ASCII characters",
        (text, row, _) =>
        {
            if (text.ContainsAnyExceptInRange((byte)' ', (byte)'~')) return Fault.Format;
            if (text.Length > maxLength) return Fault.TooLong;
            row.Text(text);
            return Fault.None;
        },
        Fault.Format,
        Fault.TooLong);

    /// <summary>A free text of somebody else that may be a reference of ours: what none of ours can look like is no value.</summary>
    public static Rule Candidate(int maxLength = 100) => new(
        "any text",
        (text, row, _) =>
        {
            if (text.Length > maxLength || text.ContainsAnyExceptInRange((byte)' ', (byte)'~')) row.Null();
            else row.Text(text);
            return Fault.None;
        })
    {
        JudgesLongText = true,
    };

    /// <summary>The processor's word for what happened as ours.</summary>
    public static Rule Category(FrozenDictionary<string, string> categories)
    {
        var known = categories.GetAlternateLookup<ReadOnlySpan<char>>();
        return new(
            $"one of {string.Join(", ", categories.Keys.Order(StringComparer.Ordinal))}",
            (text, row, context) =>
            {
                if (text.Length > LongestCategory) return Fault.Unknown;
                Span<char> word = stackalloc char[LongestCategory];
                if (!known.TryGetValue(word[..Encoding.UTF8.GetChars(text, word)], out var category)) return Fault.Unknown;
                context.Line.Category = category;
                row.Text(category);
                return Fault.None;
            },
            Fault.Unknown);
    }

    /// <summary>The first ten characters of an instant, or a day: <c>yyyy-MM-dd</c>.</summary>
    public static Fault ReadDay(ReadOnlySpan<byte> text, out DateOnly day)
    {
        var fault = InstantText.Read(text, out var ticks);
        day = fault == Fault.None ? DateOnly.FromDateTime(new DateTime(ticks, DateTimeKind.Utc)) : default;
        return fault;
    }

    /// <summary>The day of an instant in UTC; it may lie ahead.</summary>
    public static Rule Day { get; } = new(
        "`yyyy-MM-dd`, `yyyy-MM-dd HH:mm:ss` or `yyyy-MM-ddTHH:mm:ss[.f{1,7}][Z or (+ or -)hh:mm]`",
        (text, row, _) =>
        {
            var fault = ReadDay(text, out var day);
            if (fault == Fault.None) row.Date(day);
            return fault;
        },
        Fault.Format,
        Fault.Invalid);

    /// <summary>An exchange rate, exact to ten decimals.</summary>
    public static Fault ReadRate(ReadOnlySpan<byte> text, out decimal rate)
    {
        if (!TryReadDecimal(text, out rate) || rate < 0) return Fault.Format;
        return rate.Scale > RateScale && decimal.Round(rate, RateScale) != rate ? Fault.Precision
            : rate >= 10_000_000_000m ? Fault.OutOfRange
            : Fault.None;
    }

    /// <summary>A rate where presentment and account differ in currency.</summary>
    public static Rule Rate { get; } = new(
        "digits, with up to ten decimals after a point",
        (text, row, _) =>
        {
            var fault = ReadRate(text, out var rate);
            if (fault == Fault.None) row.Numeric(decimal.Round(rate, RateScale), RateScale);
            return fault;
        },
        Fault.Format,
        Fault.Precision,
        Fault.OutOfRange);

    /// <summary>Digits and a point, nothing else.</summary>
    public static bool TryReadDecimal(ReadOnlySpan<byte> text, out decimal value)
    {
        value = 0;
        var digits = text.StartsWith("-"u8) ? text[1..] : text;
        var point = digits.IndexOf((byte)'.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? "0"u8 : digits[(point + 1)..];
        if (!AreDigits(whole) || !AreDigits(fraction) || whole.Length + fraction.Length > 28) return false;
        return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Reads a currency into capitals.</summary>
    public static bool TryReadCurrency(ReadOnlySpan<byte> text, RecordContext context, Span<byte> code, out int digits)
    {
        digits = 0;
        if (text.Length != 3 || Ascii.ToUpper(text, code, out _) != System.Buffers.OperationStatus.Done) return false;
        if (context.Currencies.MinorDigits(code) is not { } known) return false;
        digits = known;
        return true;
    }

    /// <summary>Whether the three amounts of a line agree, as far as they were read.</summary>
    public static bool IsBalanced(ReportLine line) => line is not { Gross: { } gross, Fee: { } fee, Net: { } net } || gross - fee == net;

    /// <summary>A text that is there; empty where it is missing or blank.</summary>
    public static ReadOnlySpan<byte> Given(RecordContext context, int input) => context.Input(input) is var text && BlankText.Is(text) ? [] : text;

    private static Rule Signed(Action<ReportLine, long> note) => new(
        Digits,
        (text, row, context) =>
        {
            var fault = AmountText.ReadSigned(text, context.CurrencyDigits, out var amount);
            if (fault != Fault.None) return fault;
            note(context.Line, amount);
            row.Numeric(amount, scale: 3);
            return Fault.None;
        },
        Fault.Format,
        Fault.Precision,
        Fault.TooLarge)
    {
        JudgesLongText = true,
    };

    private static bool AreDigits(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
