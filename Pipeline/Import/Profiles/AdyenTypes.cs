using System.Collections.Frozen;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>
/// Adyen's journal types (docs.adyen.com, Settlement details report) as our categories; case does not count. The direction is that of the
/// debit and credit columns, never of the type. One that is not listed refuses the file, until somebody has said what it is.
/// </summary>
internal static class AdyenTypes
{
    /// <summary>Our word for each of theirs.</summary>
    public static FrozenDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["Settled"] = "payment",
        ["SettledBulk"] = "payment",
        ["BulkSettlement"] = "payment",
        ["SettledInstallment"] = "payment",
        ["SettledInInstallments"] = "payment",
        ["SettledReversed"] = "payment_failed",
        ["Refunded"] = "refund",
        ["RefundedBulk"] = "refund",
        ["RefundedInstallment"] = "refund",
        ["RefundedReversed"] = "refund_failed",
        ["Chargeback"] = "chargeback",
        ["SecondChargeback"] = "chargeback",
        ["ChargebackReversed"] = "chargeback_reversed",
        ["Fee"] = "fee",
        ["InvoiceDeduction"] = "fee",
        ["MiscCosts"] = "fee",
        ["PaymentCost"] = "fee",
        ["SettleCost"] = "fee",
        ["AuthorisationSchemeFee"] = "fee",
        ["AdvancementCommission"] = "fee",
        ["MerchantPayout"] = ReportRules.Payout,
        ["BankInstructionReturned"] = "payout_failed",
        ["DepositCorrection"] = "reserve",
        ["ReserveAdjustment"] = "reserve",
        ["Balancetransfer"] = "transfer",
        ["InternalCompanyPayout"] = "transfer",
        ["MatchedStatement"] = "topup",
        ["MerchantPayin"] = "topup",
        ["ManualCorrected"] = "adjustment",
        ["ManualCorrection"] = "adjustment",
        ["PaidOut"] = "paid_out",
        ["BPPaidOut"] = "paid_out",
        ["PaidOutReversed"] = "paid_out_reversed",
        ["EpaPaid"] = "advance",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
}
