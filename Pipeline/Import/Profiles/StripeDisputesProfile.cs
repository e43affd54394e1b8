using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>Stripe's disputes; the charge is the payment, by its id or as an object.</summary>
internal static class StripeDisputesProfile
{
    public static ImportProfile Profile { get; } = new(
        "stripe_disputes",
        Version: 1,
        StagingLayout.Disputes,
        [
            StripeFamily.Object("dispute"),
            new("id", "dispute_id", Rules.Id),
            new("charge", "payment_id", Rules.Reference) { Paths = ["charge", "charge.id"] },
            new("currency", StripeFamily.Currency),
            new("amount", StripeFamily.AmountOverZero),
            new("status", Rules.OneOf(Words.DisputeStatuses)),
            new("reason", Rules.OneOf(Words.DisputeReasons)),
            new("created", "dispute_date", StripeFamily.Created),
        ])
    {
        Constants = new Dictionary<string, string> { ["kind"] = "dispute" },
        Syntaxes = Syntaxes.Json,
        ObjectType = "dispute",
        Family = StripeFamily.Name,
        IgnoresOthers = true,
        RemarksWhenFalse = StripeFamily.Remarks,
    };
}
