using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>Our own format of payments; unknown customers and merchants are refused.</summary>
internal static class PaymentsProfile
{
    public static ImportProfile Profile { get; } = new(
        "payments",
        Version: 1,
        StagingLayout.Payments,
        [
            new("payment_id", Rules.Id),
            new("customer_id", Rules.Reference),
            new("merchant_id", Rules.Reference),
            new("amount", Rules.Amount),
            new("currency", Rules.Currency),
            new("payment_method", Rules.OneOf(Words.PaymentMethods)),
            new("status", Rules.OneOf(Words.PaymentStatuses)),
            new("payment_date", Rules.PastInstant),
            new("card_number", Rules.CardNumber, isRequired: false) { IsSecret = true },
        ]);
}
