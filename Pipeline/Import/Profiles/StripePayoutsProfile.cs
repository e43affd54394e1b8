using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>Stripe's payouts; one that is debited from the bank account has an amount below 0.</summary>
internal static class StripePayoutsProfile
{
    public static ImportProfile Profile { get; } = new(
        "stripe_payouts",
        Version: 1,
        StagingLayout.PayoutRecords,
        [
            StripeFamily.Object("payout"),
            new("currency", StripeFamily.Currency),
            new("id", "payout_key", ReportRules.Reference(ReportRules.LongestReference)),
            new("amount", StripeFamily.Signed((_, _) => { })),
            new("status", Rules.OneOf(Words.PayoutStatuses)),
            new("arrival_date", StripeFamily.Day, isRequired: false),
            new("created", "initiated_at", StripeFamily.Created),
            new("statement_descriptor", "reference", ReportRules.Candidate(), IsRequired: false) { Paths = ["trace_id.value", "statement_descriptor"] },
        ])
    {
        Constants = new Dictionary<string, string> { ["processor"] = "stripe" },
        Syntaxes = Syntaxes.Json,
        ObjectType = "payout",
        Family = StripeFamily.Name,
        IgnoresOthers = true,
        RemarksWhenFalse = StripeFamily.Remarks,
    };
}
