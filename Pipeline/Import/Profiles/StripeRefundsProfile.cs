using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>Stripe's refunds; the charge is the payment, by its id or as an object.</summary>
internal static class StripeRefundsProfile
{
    public static ImportProfile Profile { get; } = new(
        "stripe_refunds",
        Version: 1,
        StagingLayout.Refunds,
        [
            StripeFamily.Object("refund"),
            new("id", "refund_id", Rules.Id),
            new("charge", "payment_id", Rules.Reference) { Paths = ["charge", "charge.id"] },
            new("currency", StripeFamily.Currency),
            new("amount", StripeFamily.AmountOverZero),
            new("status", Rules.OneOf(Words.RefundStatuses)),
            new("reason", Rules.OneOf(Words.RefundReasons), isRequired: false),
            new("created", "refund_date", StripeFamily.Created),
        ])
    {
        Constants = new Dictionary<string, string> { ["kind"] = "refund" },
        Syntaxes = Syntaxes.Json,
        ObjectType = "refund",
        Family = StripeFamily.Name,
        IgnoresOthers = true,
    };
}
