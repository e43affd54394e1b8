using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>Our own CSV of refunds; of an unknown payment they are refused.</summary>
internal static class RefundsProfile
{
    public static ImportProfile Profile { get; } = new(
        "refunds",
        Version: 1,
        StagingLayout.Refunds,
        [
            new("refund_id", Rules.Id),
            new("payment_id", Rules.Reference),
            new("amount", Rules.Amount),
            new("currency", Rules.Currency),
            new("status", Rules.OneOf(Words.RefundStatuses)),
            new("reason", Rules.Text(200), isRequired: false),
            new("refund_date", Rules.PastInstant),
        ])
    {
        Constants = new Dictionary<string, string> { ["kind"] = "refund" },
    };
}
