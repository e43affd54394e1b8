using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>Stripe's balance transactions. None tells the payout that it is in: the report does, and a payout's own one.</summary>
internal static class StripeBalanceTransactionsProfile
{
    public static ImportProfile Profile { get; } = new(
        "stripe_balance_transactions",
        Version: 1,
        StagingLayout.ProcessorLines,
        [
            StripeFamily.Object("balance_transaction"),
            new("currency", StripeFamily.Currency),
            new("reporting_category", "category", ReportRules.Category(StripeCategories.All)),
            new("reporting_category", "original_category", ReportRules.OriginalCategory),
            new("net", StripeFamily.Signed((line, amount) => line.Net = amount)),
            new("fee", StripeFamily.Signed((line, amount) => line.Fee = amount)),
            new("amount", "gross", Gross()),
            new("id", "external_id", ReportRules.Reference()),
            new("source", "payout_key", PayoutKey(), IsRequired: false) { Paths = ["source.id", "source"] },
            new("source", "payment_reference", PaymentReference(), IsRequired: false) { Paths = ["source.charge.id", "source.charge", "source.id", "source"] },
            new("source", "processor_reference", ReportRules.Reference(), IsRequired: false) { Paths = ["source.payment_intent.id", "source.payment_intent"] },
            new("source", "source_reference", ReportRules.Reference(), IsRequired: false) { Paths = ["source.id", "source"] },
            new("source", "payment_method", ReportRules.Reference(50), IsRequired: false) { Paths = ["source.payment_method_details.type"] },
            new("description", ReportRules.Description, isRequired: false),
            new("source", "presentment_currency", PresentmentCurrency(), IsRequired: false) { Paths = ["source.currency"], Inputs = ["currency", "source.amount"] },
            new("source", "presentment_amount", PresentmentAmount(), IsRequired: false) { Paths = ["source.amount"], Inputs = ["currency", "source.currency"] },
            new("exchange_rate", Rate(), isRequired: false),
            new("created", "occurred_at", StripeFamily.Created),
            new("available_on", StripeFamily.Day, isRequired: false),
        ])
    {
        Constants = new Dictionary<string, string> { ["processor"] = "stripe" },
        Syntaxes = Syntaxes.Json,
        ObjectType = "balance_transaction",
        Family = StripeFamily.Name,
        IgnoresOthers = true,
    };

    private static Rule Gross()
    {
        var signed = StripeFamily.Signed((line, amount) => line.Gross = amount);
        return signed with
        {
            Read = (text, row, context) => signed.Read(text, row, context) is var fault && fault != Fault.None ? fault
                : ReportRules.IsBalanced(context.Line) ? Fault.None
                : Fault.Unbalanced,
            Faults = [.. signed.Faults, Fault.Unbalanced],
        };
    }

    private static Rule PayoutKey() => ReportRules.Candidate(ReportRules.LongestReference) with
    {
        Read = (text, row, context) =>
        {
            if (!context.Line.IsPayout || !text.StartsWith("po_"u8) || text.Length > ReportRules.LongestReference)
            {
                row.Null();
                return Fault.None;
            }

            context.Line.PayoutKey = text;
            row.Text(text);
            return Fault.None;
        },
    };

    private static Rule PaymentReference() => ReportRules.Candidate() with
    {
        Read = (text, row, context) =>
        {
            if (StripePayoutReconciliationProfile.IsCharge(text)) return ReportRules.Candidate().Read(text, row, context);
            row.Null();
            return Fault.None;
        },
    };

    private static Rule PresentmentCurrency() => ReportRules.Currency with
    {
        Read = (text, row, context) =>
        {
            Span<byte> code = stackalloc byte[3];
            var isKnown = ReportRules.TryReadCurrency(text, context, code, out _) && !context.Input(1).IsEmpty;
            if (isKnown && !text.SequenceEqual(context.Input(0))) row.Text(code);
            else row.Null();
            return Fault.None;
        },
        Faults = [],
    };

    // An expanded source has its amount without a sign.
    private static Rule PresentmentAmount() => StripeFamily.Amount with
    {
        Read = (text, row, context) =>
        {
            var currency = context.Input(1);
            var (own, unit) = (context.CurrencyDigits, context.UnitDigits);
            try
            {
                if (currency.SequenceEqual(context.Input(0)) || !StripeFamily.TryLearnCurrency(currency, context))
                {
                    row.Null();
                    return Fault.None;
                }

                var fault = StripeFamily.ReadSignedAmount(text, context, out var amount);
                if (fault == Fault.None) row.Numeric(context.Line.Gross < 0 ? -Math.Abs(amount) : amount, scale: 3);
                return fault;
            }
            finally
            {
                (context.CurrencyDigits, context.UnitDigits) = (own, unit);
            }
        },
        Faults = [Fault.Format, Fault.Precision, Fault.TooLarge],
    };

    // JSON writes small numbers with an exponent; a rate that is not plain digits is left out, because nothing is computed with it.
    private static Rule Rate() => ReportRules.Rate with
    {
        Read = (text, row, _) =>
        {
            if (ReportRules.TryReadDecimal(text, out var rate) && rate is > 0 and < 10_000_000_000m) row.Numeric(decimal.Round(rate, 10), scale: 10);
            else row.Null();
            return Fault.None;
        },
        Faults = [],
    };
}
