using Payments.Risk.Engine;
using Payments.Risk.Features;
using Payments.Risk.Rules;

namespace Payments.Risk.Tests.Rules;

/// <summary>A small catalogue and payments with its features: facts about rules do not change with the real one.</summary>
internal static class RuleSubjects
{
    public static readonly DateTime Now = new(2026, 1, 31, 14, 3, 27, DateTimeKind.Utc);

    public static readonly RuleVocabulary Vocabulary = new(
    [
        new Feature("amount", "money", "The amount."),
        new Feature("failures_24h", "payments", "Failed payments of the customer in 24 hours."),
        new Feature("amount_to_mean_30d", "ratio", "The amount over the customer's mean."),
        new Feature("is_first_at_merchant", "flag", "Whether the customer has not paid the merchant before."),
        new Feature("merchant_fraud_rate_30d", "ratio", "The merchant's share of fraud.", NeedsLabels: true),
    ]);

    public static RiskSubject Subject(
        double amount = 100, double failures = 0, double ratio = 1, double first = 0, double fraudRate = double.NaN, string? method = "CREDIT_CARD",
        string? customerCountry = "DE", string? customerRisk = "LOW", string customer = "CUST-1", string merchant = "MERCH-1", string? merchantCountry = "US", DateTime? at = null) => new()
        {
            PaymentId = "PAY-1",
            CustomerId = customer,
            MerchantId = merchant,
            Amount = (decimal)amount,
            Currency = "USD",
            PaymentMethod = method,
            PaymentStatus = "SUCCESS",
            TransactionDate = at ?? Now,
            CustomerCountry = customerCountry,
            CustomerRisk = customerRisk,
            MerchantCountry = merchantCountry,
            BusinessType = "RETAIL",
            Features = new[] { amount, failures, ratio, first, fraudRate },
        };

    public static RuleExpression Parse(string expression) => RuleExpression.Parse(expression, Vocabulary);

    public static Rule Rule(string code, string expression, double points = 10, RuleMode mode = RuleMode.Live, long? id = null) => new()
    {
        Id = id ?? code.GetHashCode(StringComparison.Ordinal),
        Code = code,
        Version = 1,
        Description = $"The rule {code}",
        Expression = Parse(expression),
        Mode = mode,
        Points = points,
    };
}
