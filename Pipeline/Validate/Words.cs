namespace Payments.Pipeline.Validate;

/// <summary>The contract's lists of values.</summary>
internal static class Words
{
    public static readonly string[] PaymentMethods = ["CREDIT_CARD", "DEBIT_CARD", "BANK_TRANSFER", "PAYPAL", "CRYPTO", "WALLET"];

    public static readonly string[] PaymentStatuses = ["SUCCESS", "FAILED", "PENDING", "REFUNDED"];

    public static readonly string[] RiskCategories = ["LOW", "MEDIUM", "HIGH"];

    public static readonly string[] BusinessTypes = ["E-COMMERCE", "RETAIL", "SUBSCRIPTION", "MARKETPLACE", "FINANCIAL_SERVICES", "TRAVEL"];

    public static readonly string[] MerchantStatuses = ["ACTIVE", "INACTIVE", "SUSPENDED"];

    public static readonly string[] RefundStatuses = ["pending", "requires_action", "succeeded", "failed", "canceled"];

    /// <summary>warning_… and prevented are inquiries, which move no money; the others are chargebacks.</summary>
    public static readonly string[] DisputeStatuses =
        ["warning_needs_response", "warning_under_review", "warning_closed", "prevented", "needs_response", "under_review", "won", "lost"];

    /// <summary>In their order: a payout moves forward only.</summary>
    public static readonly string[] PayoutStatuses = ["pending", "in_transit", "paid", "failed", "canceled"];

    public static readonly string[] RefundReasons = ["duplicate", "expired_uncaptured_charge", "fraudulent", "requested_by_customer"];

    public static readonly string[] DisputeReasons =
    [
        "bank_cannot_process", "check_returned", "credit_not_processed", "customer_initiated", "debit_not_authorized", "duplicate", "fraudulent", "general",
        "incorrect_account_details", "insufficient_funds", "noncompliant", "product_not_received", "product_unacceptable", "subscription_canceled", "unrecognized",
    ];
}
