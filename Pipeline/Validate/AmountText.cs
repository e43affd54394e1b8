namespace Payments.Pipeline.Validate;

/// <summary>Reads money as text by one strict rule, exactly: <c>-?[0-9]+(\.[0-9]+)?</c>. <c>decimal.Parse</c> takes far more, and reads "12,50" as 1250.</summary>
internal static class AmountText
{
    /// <summary>The largest amount, 9999999999999.99, in thousandths.</summary>
    public const long MaxThousandths = 9_999_999_999_999_990;

    private const int ScaleDigits = 3;
    private const int WholeDigits = 13;

    /// <summary>Reads an amount into thousandths of the currency's major unit.</summary>
    /// <param name="text">The value, not trimmed.</param>
    /// <param name="currencyDigits">Minor digits of its currency, 0 to 3: no other digit may be but 0.</param>
    /// <param name="isZeroAllowed">Whether 0 is an amount.</param>
    /// <param name="thousandths">The amount, when there is no fault.</param>
    public static Fault Read(ReadOnlySpan<byte> text, int currencyDigits, bool isZeroAllowed, out long thousandths)
    {
        thousandths = 0;
        var isNegative = text.StartsWith("-"u8);
        if (isNegative) text = text[1..];

        var point = text.IndexOf((byte)'.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? [] : text[(point + 1)..];
        if (!IsDigits(whole) || (point >= 0 && !IsDigits(fraction))) return Fault.Format;

        whole = whole.TrimStart((byte)'0');
        var isZero = whole.IsEmpty && !fraction.ContainsAnyExcept((byte)'0');
        if (isZero ? !isZeroAllowed : isNegative) return isZeroAllowed ? Fault.Negative : Fault.NotPositive;

        // Two decimals may be written in every currency (the format's rule), but carry a value only where the currency has them.
        if (fraction.Length > Math.Max(currencyDigits, RecordContext.UsualDigits)) return Fault.Precision;
        if (fraction.Length > currencyDigits && fraction[currencyDigits..].ContainsAnyExcept((byte)'0')) return Fault.Precision;
        if (whole.Length > WholeDigits) return Fault.TooLarge;

        foreach (var digit in whole) thousandths = (thousandths * 10) + digit - '0';
        for (var i = 0; i < ScaleDigits; i++) thousandths = (thousandths * 10) + (i < fraction.Length ? fraction[i] - '0' : 0);
        return thousandths > MaxThousandths ? Fault.TooLarge : Fault.None;
    }

    /// <summary>Reads an amount of either sign, also 0, into thousandths of the currency's major unit.</summary>
    public static Fault ReadSigned(ReadOnlySpan<byte> text, int currencyDigits, out long thousandths)
    {
        var isNegative = text.StartsWith("-"u8);
        var fault = Read(isNegative ? text[1..] : text, currencyDigits, isZeroAllowed: true, out thousandths);
        if (isNegative) thousandths = -thousandths;
        return fault == Fault.Negative ? Fault.Format : fault;
    }

    private static bool IsDigits(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
