using System.Collections.Frozen;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>
/// Stripe's reporting categories (docs.stripe.com/reports/reporting-categories, and the enumeration <c>balance_transaction.reporting_category</c>)
/// as ours. One that is not listed refuses the file, until somebody has said what it is.
/// </summary>
internal static class StripeCategories
{
    /// <summary>Our word for each of theirs.</summary>
    public static FrozenDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["charge"] = "payment",
        ["charge_failure"] = "payment_failed",
        ["partial_capture_reversal"] = "payment_failed",
        ["refund"] = "refund",
        ["refund_failure"] = "refund_failed",
        ["dispute"] = "chargeback",
        ["dispute_reversal"] = "chargeback_reversed",
        ["fee"] = "fee",
        ["network_cost"] = "fee",
        ["tax"] = "tax",
        ["payout"] = ReportRules.Payout,
        ["payout_reversal"] = "payout_failed",
        ["connect_reserved_funds"] = "reserve",
        ["risk_reserved_funds"] = "reserve",
        ["other_adjustment"] = "adjustment",
        ["contribution"] = "adjustment",
        ["climate_order_purchase"] = "adjustment",
        ["climate_order_refund"] = "adjustment",
        ["unreconciled_customer_funds"] = "adjustment",
        ["transfer"] = "transfer",
        ["transfer_reversal"] = "transfer",
        ["connect_collection_transfer"] = "transfer",
        ["platform_earning"] = "platform_earning",
        ["platform_earning_refund"] = "platform_earning",
        ["topup"] = "topup",
        ["topup_reversal"] = "topup",
        ["issuing_authorization_hold"] = "issuing",
        ["issuing_authorization_release"] = "issuing",
        ["issuing_disbursement"] = "issuing",
        ["issuing_dispute"] = "issuing",
        ["issuing_transaction"] = "issuing",
        ["advance"] = "advance",
        ["advance_funding"] = "advance",
        ["anticipation_repayment"] = "advance",
        ["financing_paydown"] = "advance",
        ["financing_paydown_reversal"] = "advance",
        ["financing_payout"] = "advance",
        ["financing_payout_reversal"] = "advance",
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
