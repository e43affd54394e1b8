namespace Payments.Pipeline.Validate;

/// <summary>The contract's lists of values.</summary>
internal static class Words
{
    public static readonly string[] PaymentMethods = ["CREDIT_CARD", "DEBIT_CARD", "BANK_TRANSFER", "PAYPAL", "CRYPTO", "WALLET"];

    public static readonly string[] PaymentStatuses = ["SUCCESS", "FAILED", "PENDING", "REFUNDED"];

    public static readonly string[] RiskCategories = ["LOW", "MEDIUM", "HIGH"];

    public static readonly string[] BusinessTypes = ["E-COMMERCE", "RETAIL", "SUBSCRIPTION", "MARKETPLACE", "FINANCIAL_SERVICES", "TRAVEL"];

    public static readonly string[] MerchantStatuses = ["ACTIVE", "INACTIVE", "SUSPENDED"];
}
