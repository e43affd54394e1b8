using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import.Profiles;

/// <summary>
/// Stripe's types of payment methods (<c>charge.payment_method_details.type</c>) as the contract's methods. Cash vouchers and bank redirects
/// are transfers; accounts with a provider, pay-later ones included, are wallets. A card is what its funding says.
/// </summary>
internal static class StripeMethods
{
    private const string Credit = "CREDIT_CARD";
    private const string Debit = "DEBIT_CARD";

    private static readonly string[] Cards = ["card", "card_present", "interac_present"];

    // A type that is not listed is refused, until somebody has said what it is.
    private static readonly Dictionary<string, string[]> TypesOf = new()
    {
        [Credit] = ["kr_card"],
        ["BANK_TRANSFER"] =
        [
            "ach_credit_transfer", "ach_debit", "acss_debit", "au_becs_debit", "bacs_debit", "bancontact", "bizum", "blik", "boleto",
            "customer_balance", "eps", "fpx", "giropay", "ideal", "konbini", "multibanco", "nz_bank_account", "oxxo", "p24", "pay_by_bank",
            "paynow", "payto", "pix", "promptpay", "sepa_credit_transfer", "sepa_debit", "sofort", "stripe_account", "swish", "twint", "upi",
            "us_bank_account",
        ],
        ["PAYPAL"] = ["paypal"],
        ["CRYPTO"] = ["crypto"],
        ["WALLET"] =
        [
            "affirm", "afterpay_clearpay", "alipay", "alma", "amazon_pay", "billie", "cashapp", "grabpay", "kakao_pay", "klarna", "link",
            "mb_way", "mobilepay", "naver_pay", "payco", "revolut_pay", "samsung_pay", "satispay", "scalapay", "sunbit", "wechat", "wechat_pay",
            "zip",
        ],
    };

    // Prepaid money is there before it is spent, like that of a debit card; a funding that is not known is taken for credit, the riskier one.
    private static readonly Dictionary<string, string> Fundings = new() { ["credit"] = Credit, ["debit"] = Debit, ["prepaid"] = Debit, ["unknown"] = Credit };

    private static readonly Dictionary<string, string> Methods = TypesOf.SelectMany(pair => pair.Value.Select(type => (Type: type, Method: pair.Key))).ToDictionary(pair => pair.Type, pair => pair.Method);

    /// <summary>The method by the type; the input is a card's funding.</summary>
    public static Rule Rule { get; } = new(
        "a type of Stripe's payment methods, with a funding of credit, debit, prepaid or unknown where it is a card",
        (text, row, context) =>
        {
            var type = System.Text.Encoding.UTF8.GetString(text);
            var method = Methods.GetValueOrDefault(type);
            if (Cards.Contains(type))
            {
                var funding = System.Text.Encoding.UTF8.GetString(context.Input(0));
                method = funding.Length == 0 ? Credit : Fundings.GetValueOrDefault(funding);
            }

            if (method is null) return Fault.Unknown;
            row.Text(method);
            return Fault.None;
        },
        Fault.Unknown);
}
