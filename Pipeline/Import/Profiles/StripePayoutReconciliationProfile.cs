using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>
/// Stripe's itemised payout reconciliation report: what each automatic payout is made of, in major units. Times are those of the columns
/// in UTC; the others follow the account's zone, which no column tells.
/// </summary>
internal static class StripePayoutReconciliationProfile
{
    private const string Payout = "automatic_payout_id";
    private const string Source = "source_id";
    private const string FacingAmount = "customer_facing_amount";
    private const string FacingCurrency = "customer_facing_currency";

    public static ImportProfile Profile { get; } = new(
        "stripe_payout_reconciliation",
        Version: 1,
        StagingLayout.ProcessorLines,
        [
            new("currency", ReportRules.Currency),
            new("reporting_category", "category", ReportRules.Category(StripeCategories.All)),
            ImportColumn.Composed("original_category", Copy(ReportRules.OriginalCategory), "reporting_category"),
            new("net", ReportRules.Net),
            new("fee", ReportRules.Fee),
            new("gross", ReportRules.Gross),
            new("connected_account_id", "account", ReportRules.Reference(), IsRequired: false),
            new("balance_transaction_id", "external_id", ReportRules.Reference()),
            ImportColumn.Composed("payout_key", PayoutKey(), Payout, Source),
            ImportColumn.Composed("payment_reference", PaymentReference(), "charge_id", Source),
            new("payment_intent_id", "processor_reference", ReportRules.Reference(), IsRequired: false),
            new(Source, "source_reference", ReportRules.Reference(), IsRequired: false),
            new("payment_method_type", "payment_method", ReportRules.Reference(50), IsRequired: false),
            new("description", ReportRules.Description, isRequired: false),
            ImportColumn.Composed("presentment_currency", PresentmentCurrency(), FacingCurrency, "currency"),
            ImportColumn.Composed("presentment_amount", PresentmentAmount(), FacingCurrency, "currency", FacingAmount),
            new("created_utc", "occurred_at", Rules.PastInstant),
            new("available_on_utc", "available_on", ReportRules.Day, IsRequired: false),
            ImportColumn.Composed("arrival_date", ArrivalDate(), "automatic_payout_effective_at_utc", "automatic_payout_effective_at"),
        ])
    {
        Constants = new Dictionary<string, string> { ["processor"] = "stripe" },
        Syntaxes = Syntaxes.Csv,
        Needed = [Payout],
        Ignored =
        [
            "created", "available_on", "customer_id", "customer_email", "customer_name", "customer_description", "customer_phone", "shipping_address_line1",
            "shipping_address_line2", "shipping_address_city", "shipping_address_state", "shipping_address_postal_code", "shipping_address_country", "card_brand",
            "card_funding", "card_country", "statement_descriptor", "dispute_reason", "invoice_id", "invoice_number", "subscription_id", "order_id",
            "connected_account_name", "connected_account_country", "connected_account_direct_charge_id", "destination_payment_id", "transfer_id", "transfer_group",
            "is_link", "checkout_session_id", "checkout_custom_field_1_key", "regulatory_tag", "trace_id", "trace_id_status", "payment_metadata", "refund_metadata",
        ],
    };

    /// <summary>A charge is a payment of ours: <c>ch_…</c>, or <c>py_…</c> of other methods than cards.</summary>
    public static bool IsCharge(ReadOnlySpan<byte> id) => id.StartsWith("ch_"u8) || id.StartsWith("py_"u8);

    private static Rule Copy(Rule rule) => rule with { Read = (_, row, context) => rule.Read(context.Input(0), row, context), Faults = [] };

    // A payout is told by its source; what it is made of, by the column.
    private static Rule PayoutKey() => Copy(ReportRules.Reference()) with
    {
        Read = (_, row, context) =>
        {
            var source = ReportRules.Given(context, 1);
            var key = context.Line.IsPayout && source.StartsWith("po_"u8) ? source : ReportRules.Given(context, 0);
            return ReadKey(key, row, context);
        },
        Faults = [Fault.Format, Fault.TooLong],
    };

    private static Fault ReadKey(ReadOnlySpan<byte> key, Load.ValueWriter row, RecordContext context)
    {
        if (key.ContainsAnyExceptInRange((byte)'!', (byte)'~')) return Fault.Format;
        if (key.Length > ReportRules.LongestReference) return Fault.TooLong;
        context.Line.PayoutKey = key;
        if (key.IsEmpty) row.Null();
        else row.Text(key);
        return Fault.None;
    }

    private static Rule PaymentReference() => ReportRules.Candidate() with
    {
        Read = (_, row, context) =>
        {
            var charge = ReportRules.Given(context, 0);
            var source = ReportRules.Given(context, 1);
            if (charge.IsEmpty && IsCharge(source)) charge = source;
            if (charge.IsEmpty) row.Null();
            else return ReportRules.Candidate().Read(charge, row, context);
            return Fault.None;
        },
    };

    private static Rule PresentmentCurrency() => ReportRules.Currency with
    {
        Read = (_, row, context) =>
        {
            Span<byte> code = stackalloc byte[3];
            var given = ReportRules.Given(context, 0);
            if (given.IsEmpty) row.Null();
            else if (!ReportRules.TryReadCurrency(given, context, code, out int _)) return Fault.Unknown;
            else if (IsSame(given, context.Input(1))) row.Null();
            else row.Text(code);
            return Fault.None;
        },
    };

    private static Rule PresentmentAmount() => ReportRules.Net with
    {
        Read = (_, row, context) =>
        {
            Span<byte> code = stackalloc byte[3];
            var currency = ReportRules.Given(context, 0);
            var amount = ReportRules.Given(context, 2);
            if (currency.IsEmpty || IsSame(currency, context.Input(1)) || !ReportRules.TryReadCurrency(currency, context, code, out var digits))
            {
                row.Null();
                return Fault.None;
            }

            if (amount.IsEmpty) return Fault.Missing;
            var fault = AmountText.ReadSigned(amount, digits, out var thousandths);
            if (fault == Fault.None) row.Numeric(thousandths, scale: 3);
            return fault;
        },
        Faults = [Fault.Missing, Fault.Format, Fault.Precision, Fault.TooLarge],
    };

    private static Rule ArrivalDate() => ReportRules.Day with
    {
        Read = (_, row, context) =>
        {
            var text = ReportRules.Given(context, 0);
            if (text.IsEmpty) text = ReportRules.Given(context, 1);
            if (!text.IsEmpty) return ReportRules.Day.Read(text, row, context);
            row.Null();
            return Fault.None;
        },
    };

    private static bool IsSame(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => System.Text.Ascii.EqualsIgnoreCase(one, other);
}
