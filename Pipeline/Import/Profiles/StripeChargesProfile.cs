using System.Text;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>
/// Stripe's charges as payments (decision record 15). Money that was only authorised is PENDING, and REFUNDED where the authorisation was
/// released; a partial capture counts what was captured. Whoever pays without an account is a guest, known by the card.
/// </summary>
internal static class StripeChargesProfile
{
    private const int LongestReason = 200;

    public static ImportProfile Profile { get; } = new(
        "stripe_charges",
        Version: 1,
        StagingLayout.Payments,
        [
            StripeFamily.Object("charge"),
            new("id", "payment_id", Rules.Id),
            new("customer", "customer_id", Rules.CreatedReference)
            {
                Paths =
                [
                    "customer", "customer.id", "guest_{payment_method_details.card.fingerprint}",
                    "guest_{payment_method_details.card_present.fingerprint}", "guest_{id}",
                ],
            },
            new("on_behalf_of", "merchant_id", Rules.CreatedReference)
            {
                Paths =
                [
                    "on_behalf_of", "on_behalf_of.id", "transfer_data.destination", "transfer_data.destination.id", "destination", "destination.id",
                ],
                Default = options => options.StripeAccount,
            },
            new("currency", StripeFamily.Currency),
            new("amount", Amount()) { Inputs = ["status", "captured", "amount_captured"] },
            new("payment_method_details.type", "payment_method", StripeMethods.Rule, IsRequired: false)
            {
                Inputs = ["payment_method_details.card.funding"],
            },
            new("status", Status()) { Inputs = ["captured", "refunded"] },
            new("created", "payment_date", StripeFamily.Created),
            new("failure_message", "failure_reason", FailureReason(), IsRequired: false)
            {
                Paths = ["failure_message", "failure_code", "status"],
                Inputs = ["status"],
            },
            new("fraud_details", "is_fraud", Fraud(), IsRequired: false)
            {
                Paths = ["fraud_details.user_report", "fraud_details.stripe_report"],
            },
            new("payment_method_details.card.fingerprint", "card_number", Card(), IsRequired: false)
            {
                Paths = ["payment_method_details.card.fingerprint", "payment_method_details.card_present.fingerprint"],
                Inputs = ["payment_method_details.card.last4"],
            },
        ])
    {
        Syntaxes = Syntaxes.Json,
        ObjectType = "charge",
        Family = StripeFamily.Name,
        CreatesReferences = true,
        IgnoresOthers = true,
        RemarksWhenFalse = StripeFamily.Remarks,
        Labels = new("stripe", KnownAfter: null, TellsGenuine: true),
    };

    private static Rule Status() => new(
        "one of succeeded, pending, failed",
        (text, row, context) =>
        {
            if (!IsFlag(context.Input(0)) || !IsFlag(context.Input(1))) return Fault.Unknown;
            var status = StatusOf(text, context.Input(0), context.Input(1));
            if (status is null) return Fault.Unknown;
            row.Text(status);
            return Fault.None;
        },
        Fault.Unknown);

    private static string? StatusOf(ReadOnlySpan<byte> status, ReadOnlySpan<byte> captured, ReadOnlySpan<byte> refunded) =>
        status.SequenceEqual("failed"u8) ? "FAILED"
        : status.SequenceEqual("pending"u8) ? "PENDING"
        : !status.SequenceEqual("succeeded"u8) ? null
        // Also before a capture: the authorisation was released, as the refund of a PENDING payment does it (decision record 16).
        : Is(refunded, true) ? "REFUNDED"
        : Is(captured, false) ? "PENDING"
        : "SUCCESS";

    private static Rule Amount() => StripeFamily.Amount with
    {
        Read = (text, row, context) =>
        {
            var fault = StripeFamily.ReadAmount(text, context, out var amount);
            if (fault != Fault.None) return fault;

            // No capture is of nothing: a 0 says no more than that there is no such field.
            var (captured, isCaptured) = (0L, context.Input(0).SequenceEqual("succeeded"u8) && Is(context.Input(1), true) && !context.Input(2).IsEmpty);
            if (isCaptured) fault = StripeFamily.ReadAmount(context.Input(2), context, out captured);
            if (fault == Fault.None) row.Numeric(captured > 0 ? captured : amount, scale: 3);
            return fault;
        },
    };

    private static Rule FailureReason() => Rules.Text(LongestReason) with
    {
        Read = (text, row, context) =>
        {
            if (!context.Input(0).SequenceEqual("failed"u8) || text.SequenceEqual("failed"u8)) text = [];
            if (text.IsEmpty) row.Null();
            else if (text.ContainsAnyInRange((byte)0, (byte)0x1F) || text.Contains((byte)0x7F)) return Fault.Format;
            else row.Text(Cut(text));
            return Fault.None;
        },
        Faults = [Fault.Format],
        JudgesLongText = true,
    };

    private static Rule Fraud() => new(
        "`fraudulent` or `safe`",
        (text, row, _) =>
        {
            var isFraud = text.SequenceEqual("fraudulent"u8);
            if (!isFraud && !text.SequenceEqual("safe"u8)) return Fault.Unknown;
            row.Boolean(isFraud);
            return Fault.None;
        },
        Fault.Unknown);

    private static Rule Card() => new(
        "a fingerprint, with four digits as `last4`",
        (text, row, context) =>
        {
            var lastFour = context.Input(0);
            if (!lastFour.IsEmpty && (lastFour.Length != CardHash.Shown || lastFour.ContainsAnyExceptInRange((byte)'0', (byte)'9'))) return Fault.Format;
            if (context.Cards is { } cards) cards.Write(text, lastFour, row);
            else row.Null();
            return Fault.None;
        },
        Fault.Format);

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text)
    {
        if (text.Length <= LongestReason) return text;
        var characters = 0;
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf8(text[at..], out var rune, out var length);
            characters += rune.Utf16SequenceLength;
            if (characters > LongestReason) return text[..at];
            at += length;
        }

        return text;
    }

    private static bool IsFlag(ReadOnlySpan<byte> text) => text.IsEmpty || Is(text, true) || Is(text, false);

    private static bool Is(ReadOnlySpan<byte> text, bool flag) => text.SequenceEqual(flag ? "true"u8 : "false"u8);
}
