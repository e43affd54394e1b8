using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Alerts;

/// <summary>A payment that an alert is about.</summary>
/// <param name="PaymentId">The payment; <c>/api/lineage/payments/{id}</c> tells where it came from.</param>
/// <param name="MerchantId">Who is paid.</param>
/// <param name="Amount">In its currency.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="PaymentStatus">SUCCESS, FAILED, PENDING or REFUNDED; null: it is archived.</param>
/// <param name="TransactionDate">UTC.</param>
/// <param name="RiskScore">0 to 100, when it joined the alert.</param>
/// <param name="Decision">APPROVE (flagged all the same), REVIEW or BLOCK.</param>
/// <param name="FraudProbability">The supervised model's, 0 to 1; null without one.</param>
/// <param name="ExpectedLoss">Fraud probability (or score / 100) x amount.</param>
/// <param name="IsSuspicious">A flag rule, a block list or a reviewer says so.</param>
/// <param name="Reasons">Why, weightiest first: code, kind, text, contribution, observed, threshold.</param>
/// <param name="JoinedAt">When the alert became about it, UTC.</param>
internal sealed record AlertPayment(
    string PaymentId,
    string MerchantId,
    [property: Money] decimal Amount,
    string Currency,
    string? PaymentStatus,
    DateTime TransactionDate,
    decimal RiskScore,
    string? Decision,
    decimal? FraudProbability,
    [property: Money] decimal ExpectedLoss,
    bool IsSuspicious,
    JsonElement Reasons,
    DateTime JoinedAt) : IInCurrency, IExample<AlertPayment>
{
    /// <inheritdoc/>
    public static AlertPayment Example { get; } = new(
        "PAY-000123", "MERCH-007", 129.90m, "USD", "SUCCESS", new(2026, 1, 31, 14, 3, 27, DateTimeKind.Utc), 84.25m, "REVIEW", 0.8012m, 104.08m, false,
        JsonElement.Parse("""[{"code":"card_testing","kind":"rule","text":"5 failed attempts in the hour before (from 3)","contribution":40.0,"observed":"5","threshold":"3"}]"""),
        new(2026, 1, 31, 14, 3, 28, DateTimeKind.Utc));

    /// <summary>The payments of an alert.</summary>
    /// <remarks>Riskiest first, each with why it is there. The Link header leads on.</remarks>
    [ProducesResponseType<IEnumerable<AlertPayment>>(StatusCodes.Status200OK, "application/json")]
    public static async Task<IResult> ListAsync(
        [Description("The alert.")] long id,
        Reader reader,
        TimeProvider clock,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        CancellationToken cancellationToken,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        await Alert.FindAsync(id, reader, clock, cancellationToken) is null ? Alert.NotFound(id) : new RowStream<AlertPayment>(Query(id), limit, after);

    /// <summary>All payments of an alert, riskiest first.</summary>
    public static RowQuery<AlertPayment> Query(long id) =>
        new RowQuery<AlertPayment>("pipeline.list_alert_payments(@id)", new("risk_score", Descending: true), new("payment_id")).With("id", id);
}
