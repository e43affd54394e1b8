using System.Globalization;
using System.Text;
using Payments.Pipeline.Load;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>
/// Adyen's settlement details report: what each batch of a merchant account is made of. A batch pays out in one or several currencies;
/// each is a payout. The gross amount is in the payer's currency: where that is not the account's, ours is what is net with the fees.
/// </summary>
internal static class AdyenSettlementDetailsProfile
{
    private const string Account = "Merchant Account";
    private const string PspReference = "Psp Reference";
    private const string Modification = "Modification Reference";
    private const string Type = "Type";
    private const string Created = "Creation Date";
    private const string Zone = "TimeZone";
    private const string GrossCurrency = "Gross Currency";
    private const string GrossDebit = "Gross Debit (GC)";
    private const string GrossCredit = "Gross Credit (GC)";
    private const string NetCurrency = "Net Currency";
    private const string NetDebit = "Net Debit (NC)";
    private const string NetCredit = "Net Credit (NC)";
    private const string Batch = "Batch Number";
    private const int LongestPart = 80;

    private static readonly string[] Fees = ["Commission (NC)", "Markup (NC)", "Scheme Fees (NC)", "Interchange (NC)", "DCC Markup (NC)"];

    public static ImportProfile Profile { get; } = new(
        "adyen_settlement_details",
        Version: 1,
        StagingLayout.ProcessorLines,
        [
            new(NetCurrency, "currency", ReportRules.Currency),
            new(Type, "category", ReportRules.Category(AdyenTypes.All)),
            ImportColumn.Composed("original_category", OriginalCategory(), Type),
            ImportColumn.Composed("net", Net(), NetDebit, NetCredit),
            ImportColumn.Composed("fee", Fee(), [GrossCurrency, GrossDebit, GrossCredit, NetCurrency, .. Fees]),
            ImportColumn.Composed("gross", Gross(), GrossCurrency, GrossDebit, GrossCredit, NetCurrency),
            new(Account, "account", ReportRules.Reference()),
            ImportColumn.Composed("external_id", ExternalId(), PspReference, Modification, Type, Batch, Created, NetCurrency),
            ImportColumn.Composed("payout_key", PayoutKey(), Account, Batch, NetCurrency),
            new("Merchant Reference", "payment_reference", ReportRules.Candidate(), IsRequired: false),
            new(PspReference, "processor_reference", ReportRules.Reference(LongestPart), IsRequired: false),
            new(Modification, "source_reference", ReportRules.Reference(LongestPart), IsRequired: false),
            new("Payment Method", "payment_method", ReportRules.Reference(50), IsRequired: false),
            new("Modification Merchant Reference", "description", ReportRules.Description, IsRequired: false),
            ImportColumn.Composed("presentment_currency", PresentmentCurrency(), GrossCurrency, GrossDebit, GrossCredit, NetCurrency),
            ImportColumn.Composed("presentment_amount", PresentmentAmount(), GrossCurrency, GrossDebit, GrossCredit, NetCurrency),
            new("Exchange Rate", "exchange_rate", ReportRules.Rate, IsRequired: false),
            ImportColumn.Composed("occurred_at", OccurredAt(), Created, Zone),
        ])
    {
        Constants = new Dictionary<string, string> { ["processor"] = "adyen" },
        Syntaxes = Syntaxes.Csv,
        Needed = [PspReference, "Merchant Reference", Created, Zone, Modification, GrossCurrency, GrossDebit, GrossCredit, NetDebit, NetCredit, Batch],
        Ignored =
        [
            "Company Account", "Payment Method Variant", "Advanced (NC)", "Payment Fees (NC)", "Advancement Code", "Advancement Batch", "Booking Date",
            "Booking Date TimeZone", "Booking Type", "Invoice Number", "Acquirer", "Split Settlement", "Split Payment Data", "Funds Destination", "Balance Platform Debit",
            "Balance Platform Credit", "Issuer Country", "Shopper Country", "Store", "Terminal ID", "Booking Amount", "Settlement Flow", "Payment Received Date",
            "Payment Received Date TimeZone", "Reserved3", "Reserved4", "Reserved5", "Reserved6", "Reserved7", "Reserved8", "Reserved9", "Reserved10",
        ],
        HasWholePayouts = true,
    };

    private static Rule OriginalCategory() => ReportRules.OriginalCategory with
    {
        Read = (_, row, context) => ReportRules.OriginalCategory.Read(context.Input(0), row, context),
        Faults = [],
    };

    private static Rule Net() => ReportRules.Net with
    {
        Shape = "one of the debit and the credit column, digits with decimals after a point",
        Read = (_, row, context) =>
        {
            var fault = ReadSides(context, debit: 0, credit: 1, context.CurrencyDigits, out var net);
            if (fault != Fault.None) return fault;
            if (net is not { } amount) return Fault.Missing;
            context.Line.Net = amount;
            row.Numeric(amount, scale: 3);
            return Fault.None;
        },
        Faults = [Fault.Missing, Fault.Format, Fault.Negative, Fault.Precision, Fault.TooLarge],
    };

    // Parts of a fee may have more decimals than money: together they must explain the difference, to the minor unit. Where no column
    // says anything of fees, the difference is the fee.
    private static Rule Fee() => ReportRules.Fee with
    {
        Read = (_, row, context) =>
        {
            var sum = 0m;
            var isGiven = false;
            for (var i = 0; i < Fees.Length; i++)
            {
                var text = ReportRules.Given(context, 4 + i);
                if (text.IsEmpty) continue;
                if (!ReportRules.TryReadDecimal(text, out var part)) return Fault.Format;
                if (Math.Abs(part) * 1_000 > AmountText.MaxThousandths) return Fault.TooLarge;
                (sum, isGiven) = (sum + part, true);
            }

            // An unreadable amount is told where it is.
            if (context.Line.Net is not { } net || ReadGross(context, out var gross) != Fault.None)
            {
                row.Null();
                return Fault.None;
            }

            var fee = (long)(decimal.Round(sum, context.CurrencyDigits, MidpointRounding.AwayFromZero) * 1_000);
            if (gross is { } known && (!isGiven || IsRounded(known - net, sum * 1_000, context.CurrencyDigits))) fee = known - net;
            context.Line.Fee = fee;
            row.Numeric(fee, scale: 3);
            return Fault.None;
        },
        Faults = [Fault.Format, Fault.TooLarge],
    };

    private static Rule Gross() => ReportRules.Gross with
    {
        Read = (_, row, context) =>
        {
            var fault = ReadGross(context, out var gross);
            if (fault != Fault.None) return fault;
            if (context.Line is not { Net: { } net, Fee: { } fee })
            {
                row.Null();
                return Fault.None;
            }

            context.Line.Gross = gross ?? (net + fee);
            if (!ReportRules.IsBalanced(context.Line)) return Fault.Unbalanced;
            row.Numeric(context.Line.Gross.Value, scale: 3);
            return Fault.None;
        },
        Faults = [Fault.Unknown, Fault.Format, Fault.Negative, Fault.Precision, Fault.TooLarge, Fault.Unbalanced],
    };

    private static Rule ExternalId() => ReportRules.Reference(LongestPart) with
    {
        Shape = $"made of references of at most {LongestPart} printable ASCII characters",
        Read = (_, row, context) =>
        {
            var psp = ReportRules.Given(context, 0);
            var modification = ReportRules.Given(context, 1);
            var type = context.Input(2);
            var batch = ReportRules.Given(context, 3);
            if (!IsPart(psp) || !IsPart(modification) || !IsPart(type) || !IsPart(batch)) return Fault.TooLong;
            if (!psp.IsEmpty || !modification.IsEmpty)
            {
                row.Text($"{Text(psp)}/{Text(modification)}/{Text(type)}/{Text(batch)}");
                return Fault.None;
            }

            // Numbered among those of the like when it is judged (validate_processor_lines).
            var created = context.Input(4);
            if (!IsPart(created)) return Fault.TooLong;
            row.Text(string.Create(CultureInfo.InvariantCulture, $"{Text(batch)}/{Text(type)}/{Text(created)}/{context.Line.Net}/{Text(context.Input(5))}#"));
            return Fault.None;
        },
        Faults = [Fault.TooLong],
    };

    private static Rule PayoutKey() => ReportRules.Reference(ReportRules.LongestReference) with
    {
        Shape = "an account and a batch number",
        Read = (_, row, context) =>
        {
            var account = ReportRules.Given(context, 0);
            var batch = ReportRules.Given(context, 1);
            if (batch.IsEmpty) return Fault.Missing;
            if (!AreDigits(batch) || batch.Length > 18 || account.ContainsAnyExceptInRange((byte)' ', (byte)'~')) return Fault.Format;
            if (account.Length > 100) return Fault.TooLong;
            Span<byte> code = stackalloc byte[3];
            if (account.IsEmpty || !ReportRules.TryReadCurrency(context.Input(2), context, code, out int _))
            {
                row.Null();
                return Fault.None;
            }

            byte[] key = [.. account, (byte)'/', .. batch.TrimStart((byte)'0'), (byte)'/', .. code];
            context.Line.PayoutKey = key;
            row.Text(key);
            return Fault.None;
        },
        Faults = [Fault.Missing, Fault.Format, Fault.TooLong],
    };

    private static Rule PresentmentCurrency() => ReportRules.Currency with
    {
        Read = (_, row, context) =>
        {
            Span<byte> code = stackalloc byte[3];
            if (!IsConverted(context) || ReadPresented(context, code, out var amount) != Fault.None || amount is null) row.Null();
            else row.Text(code);
            return Fault.None;
        },
        Faults = [],
    };

    private static Rule PresentmentAmount() => ReportRules.Net with
    {
        Read = (_, row, context) =>
        {
            Span<byte> code = stackalloc byte[3];
            var amount = default(long?);
            var fault = IsConverted(context) ? ReadPresented(context, code, out amount) : Fault.None;
            if (fault != Fault.None) return fault;
            if (amount is { } presented) row.Numeric(presented, scale: 3);
            else row.Null();
            return Fault.None;
        },
        Faults = [Fault.Unknown, Fault.Format, Fault.Negative, Fault.Precision, Fault.TooLarge],
    };

    private static Rule OccurredAt() => new(
        "`yyyy-MM-dd HH:mm:ss`, in the time zone that the line names",
        (_, row, context) =>
        {
            var text = ReportRules.Given(context, 0);
            var zone = ReportRules.Given(context, 1);
            if (text.IsEmpty || zone.IsEmpty) return Fault.Missing;
            var fault = InstantText.Read(text, out var local);
            if (fault == Fault.None) fault = ZoneText.Apply(local, zone, out local);
            if (fault != Fault.None) return fault;
            if (local < PostgresInstant.Epoch.Ticks) return Fault.TooOld;
            var instant = PostgresInstant.FromTicks(local);
            if (instant > context.Now) return Fault.Future;
            context.Instant = instant;
            row.Int64(instant);
            return Fault.None;
        },
        Fault.Missing,
        Fault.Format,
        Fault.Invalid,
        Fault.Unknown,
        Fault.TooOld,
        Fault.Future);

    // In thousandths of the account's currency; null: none, or in another currency.
    private static Fault ReadGross(RecordContext context, out long? gross)
    {
        gross = null;
        if (IsConverted(context)) return Fault.None;
        var fault = ReadSides(context, debit: 1, credit: 2, context.CurrencyDigits, out gross);

        // A line about the account, not about a payment, may write its gross amount as 0.
        if (gross == 0 && context.Line.Category is not ("payment" or "refund" or "chargeback")) gross = null;
        return fault;
    }

    private static bool IsConverted(RecordContext context) =>
        ReportRules.Given(context, 0) is var presented && !presented.IsEmpty && !Ascii.EqualsIgnoreCase(presented, ReportRules.Given(context, 3));

    private static Fault ReadPresented(RecordContext context, Span<byte> code, out long? amount)
    {
        amount = null;
        if (!ReportRules.TryReadCurrency(ReportRules.Given(context, 0), context, code, out var digits)) return Fault.Unknown;
        return ReadSides(context, debit: 1, credit: 2, digits, out amount);
    }

    private static Fault ReadSides(RecordContext context, int debit, int credit, int digits, out long? amount)
    {
        amount = null;
        var fault = ReadSide(ReportRules.Given(context, debit), digits, out var taken);
        if (fault != Fault.None) return fault;
        fault = ReadSide(ReportRules.Given(context, credit), digits, out var given);
        if (fault == Fault.None && (taken is not null || given is not null)) amount = (given ?? 0) - (taken ?? 0);
        return fault;
    }

    private static Fault ReadSide(ReadOnlySpan<byte> text, int digits, out long? amount)
    {
        amount = null;
        if (text.IsEmpty) return Fault.None;
        var fault = AmountText.Read(text, digits, isZeroAllowed: true, out var thousandths);
        if (fault == Fault.None) amount = thousandths;
        return fault;
    }

    // Whether a whole number of minor units is the rounded sum of finer parts: less than one unit away is the most that rounding can do.
    private static bool IsRounded(long difference, decimal sum, int digits) =>
        difference == sum || (decimal.Round(sum / 1_000, digits) != sum / 1_000 && Math.Abs(difference - sum) < (decimal)Math.Pow(10, 3 - digits));

    private static bool IsPart(ReadOnlySpan<byte> text) => text.Length <= LongestPart && !text.ContainsAnyExceptInRange((byte)' ', (byte)'~');

    private static bool AreDigits(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    private static string Text(ReadOnlySpan<byte> ascii) => Encoding.ASCII.GetString(ascii);
}
