using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>Payments that come over the API, one JSON object each: the own format with the names that tables have, and what a processor tells besides.</summary>
internal static class LivePaymentsProfile
{
    public static ImportProfile Profile { get; } = new(
        "api",
        Version: 1,
        StagingLayout.Payments,
        [
            new("payment_id", Rules.Id),
            new("customer_id", Rules.Reference),
            new("merchant_id", Rules.Reference),
            new("amount", Rules.Amount),
            new("currency", Rules.Currency),
            new("payment_method", Rules.OneOf(Words.PaymentMethods)),
            new("payment_status", "status", Noted(Rules.OneOf(Words.PaymentStatuses))),
            new("transaction_date", "payment_date", Rules.PastInstant),
            new("processing_time_seconds", Rules.Integer(0, 86_400), isRequired: false),
            new("failure_reason", OfFailed(Rules.Text(200)), isRequired: false),
        ])
    {
        IsLive = true,
    };

    // The layout has the status before the reason.
    private static Rule Noted(Rule status) => status with
    {
        Read = (text, row, context) =>
        {
            var fault = status.Read(text, row, context);
            context.HasFailed = fault != Fault.None || text.SequenceEqual("FAILED"u8);
            return fault;
        },
    };

    private static Rule OfFailed(Rule reason) => new(
        reason.Shape,
        (text, row, context) => context.HasFailed ? reason.Read(text, row, context) : Fault.OutOfPlace,
        [.. reason.Faults, Fault.OutOfPlace]);
}
