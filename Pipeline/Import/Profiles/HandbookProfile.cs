using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>
/// Card transactions of the Fraud Detection Handbook. A terminal plays the part of a merchant, all are successful payments in USD;
/// the fraud flag becomes a label that is known later, never a feature of the day.
/// </summary>
internal static class HandbookProfile
{
    public static ImportProfile Profile { get; } = new(
        "handbook",
        Version: 1,
        StagingLayout.Payments,
        [
            new("TRANSACTION_ID", "payment_id", Rules.Id),
            new("TX_DATETIME", "payment_date", Rules.PastInstant),
            new("CUSTOMER_ID", "customer_id", Rules.CreatedReference),
            new("TERMINAL_ID", "merchant_id", Rules.CreatedReference),
            new("TX_AMOUNT", "amount", Rules.AmountOrZero),
            new("TX_FRAUD", "is_fraud", Rules.Flag),
        ])
    {
        Constants = new Dictionary<string, string> { ["currency"] = "USD", ["status"] = "SUCCESS" },
        Ignored = ["TX_TIME_SECONDS", "TX_TIME_DAYS", "TX_FRAUD_SCENARIO"],
        CreatesReferences = true,
        Labels = new("handbook", TimeSpan.FromDays(7), TellsGenuine: false),
    };
}
