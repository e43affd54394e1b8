using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>Our own CSV of disputes, inquiries and chargebacks; of an unknown payment they are refused. Labels hang on the reason, so it is one of a list.</summary>
internal static class DisputesProfile
{
    public static ImportProfile Profile { get; } = new(
        "disputes",
        Version: 1,
        StagingLayout.Disputes,
        [
            new("dispute_id", Rules.Id),
            new("payment_id", Rules.Reference),
            new("amount", Rules.Amount),
            new("currency", Rules.Currency),
            new("status", Rules.OneOf(Words.DisputeStatuses)),
            new("reason", Rules.OneOf(Words.DisputeReasons), isRequired: false),
            new("dispute_date", Rules.PastInstant),
        ])
    {
        Constants = new Dictionary<string, string> { ["kind"] = "dispute" },
    };
}
