using System.Text;
using Payments.Pipeline.Load;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>What the profiles of Stripe's objects have in common. Amounts are whole numbers of the currency's smallest unit as Stripe counts it.</summary>
internal static class StripeFamily
{
    /// <summary>The name by which clients leave the choice among them to the objects' type.</summary>
    public const string Name = "stripe";

    // docs.stripe.com/currencies: zero-decimal ones; ISK and UGX have no decimals and are written with two (which are 00).
    private static readonly string[] WithoutDecimals = ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];
    private static readonly string[] WithThreeDecimals = ["BHD", "JOD", "KWD", "OMR", "TND"];

    /// <summary>A currency in small letters; the record's amounts follow from it.</summary>
    public static Rule Currency { get; } = new(
        "an ISO 4217 code in small letters",
        (text, row, context) =>
        {
            if (!TryLearnCurrency(text, context)) return Fault.Unknown;
            Span<byte> code = stackalloc byte[3];
            Ascii.ToUpper(text, code, out _);
            row.Text(code);
            return Fault.None;
        },
        Fault.Unknown);

    /// <summary>An amount; the record's currency is read before it.</summary>
    public static Rule Amount { get; } = new(
        "a whole number of the currency's smallest unit",
        (text, row, context) =>
        {
            var fault = ReadAmount(text, context, out var thousandths);
            if (fault == Fault.None) row.Numeric(thousandths, scale: 3);
            return fault;
        },
        Fault.Format,
        Fault.Negative,
        Fault.Precision,
        Fault.TooLarge)
    {
        JudgesLongText = true,
    };

    /// <summary>The same, over 0: nothing is refunded or disputed by 0.</summary>
    public static Rule AmountOverZero { get; } = Amount with
    {
        Read = (text, row, context) =>
        {
            var fault = ReadAmount(text, context, out var thousandths);
            if (fault == Fault.Negative || (fault == Fault.None && thousandths == 0)) return Fault.NotPositive;
            if (fault == Fault.None) row.Numeric(thousandths, scale: 3);
            return fault;
        },
        Faults = [Fault.Format, Fault.NotPositive, Fault.Precision, Fault.TooLarge],
    };

    /// <summary>Seconds since 1970, until now.</summary>
    public static Rule Created { get; } = new(
        "seconds since 1970, a whole number",
        (text, row, context) =>
        {
            var fault = ReadSeconds(text, context, out var instant);
            if (fault != Fault.None) return fault;
            context.Instant = instant;
            row.Int64(instant);
            return Fault.None;
        },
        Fault.Format,
        Fault.TooOld,
        Fault.Future);

    /// <summary>The UTC day of seconds since 1970; it may lie ahead.</summary>
    public static Rule Day { get; } = new(
        "seconds since 1970, a whole number",
        (text, row, context) =>
        {
            var fault = ReadSeconds(text, context, out var instant);
            if (fault == Fault.Future && (instant == 0 || instant > PostgresInstant.FromTicks(DateTime.MaxValue.Ticks))) return Fault.Format;
            if (fault is not (Fault.None or Fault.Future)) return fault;
            row.Date(DateOnly.FromDateTime(PostgresInstant.ToDateTime(instant)));
            return Fault.None;
        },
        Fault.Format,
        Fault.TooOld);

    /// <summary>An amount of either sign; the record's currency is read before it.</summary>
    public static Rule Signed(Action<ReportLine, long> note) => Amount with
    {
        Read = (text, row, context) =>
        {
            var fault = ReadSignedAmount(text, context, out var thousandths);
            if (fault != Fault.None) return fault;
            note(context.Line, thousandths);
            row.Numeric(thousandths, scale: 3);
            return Fault.None;
        },
        Faults = [Fault.Format, Fault.Precision, Fault.TooLarge],
    };

    /// <summary>The object's own type, which says what it is: judged, not kept.</summary>
    public static ImportColumn Object(string type) => new("object", new Rule($"`{type}`", (text, _, _) => text.SequenceEqual(Encoding.UTF8.GetBytes(type)) ? Fault.None : Fault.Unknown, Fault.Unknown));

    /// <summary>Test data is taken and remarked on.</summary>
    public static IReadOnlyDictionary<string, string> Remarks { get; } = new Dictionary<string, string> { ["livemode"] = ReasonCode.StripeTestMode };

    /// <summary>Notes the digits of a currency in small letters; false where there is none.</summary>
    public static bool TryLearnCurrency(ReadOnlySpan<byte> text, RecordContext context)
    {
        if (text.Length != 3 || text.ContainsAnyExceptInRange((byte)'a', (byte)'z')) return false;
        Span<byte> code = stackalloc byte[3];
        Ascii.ToUpper(text, code, out _);
        if (context.Currencies.MinorDigits(code) is not { } digits) return false;
        context.CurrencyDigits = digits;
        context.UnitDigits = Has(WithoutDecimals, code) ? 0 : Has(WithThreeDecimals, code) ? 3 : RecordContext.UsualDigits;
        return true;
    }

    /// <summary>Reads an amount of either sign into thousandths of the major unit.</summary>
    public static Fault ReadSignedAmount(ReadOnlySpan<byte> text, RecordContext context, out long thousandths)
    {
        var isNegative = text.StartsWith("-"u8);
        var fault = ReadAmount(isNegative ? text[1..] : text, context, out thousandths);
        if (isNegative) thousandths = -thousandths;
        return fault == Fault.Negative ? Fault.Format : fault;
    }

    /// <summary>Reads an amount into thousandths of the major unit.</summary>
    public static Fault ReadAmount(ReadOnlySpan<byte> text, RecordContext context, out long thousandths)
    {
        thousandths = 0;
        var isNegative = text.StartsWith("-"u8);
        if (isNegative) text = text[1..];
        if (text.IsEmpty || text.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return Fault.Format;
        text = text.TrimStart((byte)'0');
        if (isNegative && !text.IsEmpty) return Fault.Negative;
        if (text.Length > 16) return Fault.TooLarge;

        var units = 0L;
        foreach (var digit in text) units = (units * 10) + digit - '0';
        var unit = PowerOfTen(3 - context.UnitDigits);
        if (units > AmountText.MaxThousandths / unit) return Fault.TooLarge;
        thousandths = units * unit;
        return thousandths % PowerOfTen(3 - context.CurrencyDigits) == 0 ? Fault.None : Fault.Precision;
    }

    /// <summary>Reads seconds since 1970 into PostgreSQL's time.</summary>
    public static Fault ReadSeconds(ReadOnlySpan<byte> text, RecordContext context, out long instant)
    {
        instant = 0;
        if (text.ContainsAnyExceptInRange((byte)'0', (byte)'9') || text.IsEmpty) return Fault.Format;
        text = text.TrimStart((byte)'0');
        if (text.Length > 12) return Fault.Future;
        var seconds = 0L;
        foreach (var digit in text) seconds = (seconds * 10) + digit - '0';
        var ticks = DateTime.UnixEpoch.Ticks + (seconds * TimeSpan.TicksPerSecond);
        if (ticks < PostgresInstant.Epoch.Ticks) return Fault.TooOld;
        instant = PostgresInstant.FromTicks(ticks);
        return instant > context.Now ? Fault.Future : Fault.None;
    }

    private static bool Has(string[] codes, ReadOnlySpan<byte> code)
    {
        foreach (var known in codes)
        {
            if (Ascii.Equals(code, known)) return true;
        }

        return false;
    }

    private static long PowerOfTen(int exponent) => exponent switch { 0 => 1, 1 => 10, 2 => 100, _ => 1_000 };
}
