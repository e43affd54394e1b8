using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Reports;

/// <summary>A payment that scoring or a person finds risky.</summary>
/// <param name="PaymentId">The payment.</param>
/// <param name="CustomerId">Who paid.</param>
/// <param name="CustomerName">The customer's name; its id where no name is known.</param>
/// <param name="Amount">In the payment's currency.</param>
/// <param name="RiskScore">0 (no sign of risk) to 100.</param>
/// <param name="TransactionDate">When, UTC.</param>
/// <param name="PaymentStatus">SUCCESS, FAILED or PENDING.</param>
/// <param name="Currency">ISO 4217.</param>
internal sealed record HighRiskTransaction(
    string PaymentId,
    string CustomerId,
    string CustomerName,
    [property: Money] decimal Amount,
    decimal RiskScore,
    DateTime TransactionDate,
    string PaymentStatus,
    string Currency) : IInCurrency, IExample<HighRiskTransaction>
{
    /// <inheritdoc/>
    public static HighRiskTransaction Example { get; } = new(
        "PAY-000777", "CUST-0042", "Ada Example", 12_500.00m, 85.00m, new(2026, 1, 31, 2, 15, 0, DateTimeKind.Utc), "SUCCESS", "USD");

    /// <summary>High-risk payments.</summary>
    /// <remarks>Scored at or over the threshold, or suspicious; refunded ones are left out; riskiest first. Complete and streamed; <c>limit</c> pages it, and the Link header leads on.</remarks>
    public static RowStream<HighRiskTransaction> List(
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "risk_threshold"), Description("Lowest score, 0 to 100."), Range(0d, 100d)] decimal riskThreshold = 70.0m) =>
        new(
            new RowQuery<HighRiskTransaction>(
                "public.detect_high_risk_transactions(@threshold)", new("risk_score", Descending: true), new("payment_id"))
                .With("threshold", riskThreshold),
            limit,
            after);
}
