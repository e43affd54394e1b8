using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Claims;
using Payments.Api.Docs;
using Payments.Api.Lineage;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Payments;

/// <summary>A payment as it is stored.</summary>
/// <param name="PaymentId">The payment.</param>
/// <param name="TransactionDate">UTC.</param>
/// <param name="CustomerId">Who pays. Of an archived payment null, as all that follows: lineage tells its file.</param>
/// <param name="MerchantId">Who is paid.</param>
/// <param name="Amount">In the currency's major unit.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="PaymentMethod">Null where unknown.</param>
/// <param name="PaymentStatus">SUCCESS, FAILED, PENDING or REFUNDED.</param>
/// <param name="ProcessingTimeSeconds">Null where unknown.</param>
/// <param name="FailureReason">Of a failed payment; null where unknown.</param>
/// <param name="RiskScore">0 (no sign of risk) to 100.</param>
/// <param name="IsSuspicious">A rule that is a flag hit, a block list, or an analyst said so; never the score alone.</param>
/// <param name="CreatedAt">When it was stored, UTC.</param>
/// <param name="UpdatedAt">When it changed last, UTC.</param>
/// <param name="Decision">APPROVE, REVIEW or BLOCK, as it was scored.</param>
/// <param name="Reasons">Why, weightiest first; none where nobody had to look.</param>
/// <param name="RulesVersion">The rules that it was scored by; null where nobody had to look.</param>
/// <param name="ModelsVersion">The models that it was scored by; null where nobody had to look.</param>
internal record StoredPayment(
    string PaymentId,
    DateTime TransactionDate,
    string? CustomerId,
    string? MerchantId,
    [property: Money] decimal? Amount,
    string? Currency,
    string? PaymentMethod,
    string? PaymentStatus,
    int? ProcessingTimeSeconds,
    string? FailureReason,
    decimal? RiskScore,
    bool? IsSuspicious,
    DateTime? CreatedAt,
    DateTime? UpdatedAt,
    string? Decision,
    JsonElement? Reasons,
    long? RulesVersion,
    long? ModelsVersion) : IInCurrency
{
    string IInCurrency.Currency => Currency ?? "";

    /// <summary>A payment.</summary>
    public static RowQuery<StoredPayment> Of(string paymentId) => new RowQuery<StoredPayment>("pipeline.get_payment(@id)").With("id", paymentId);
}

/// <summary>What became known about a payment.</summary>
/// <param name="Source">Who says so: handbook, dispute, verdict, ….</param>
/// <param name="IsFraud">Whether it was fraud.</param>
/// <param name="KnownAt">From when on it counts, UTC.</param>
internal sealed record PaymentLabel(string Source, bool IsFraud, DateTime KnownAt)
{
    /// <summary>A label as documented.</summary>
    public static PaymentLabel Example { get; } = new("dispute", true, new(2026, 3, 2, 0, 0, 0, DateTimeKind.Utc));

    /// <summary>The labels of a payment.</summary>
    public static RowQuery<PaymentLabel> Of(string paymentId) =>
        new RowQuery<PaymentLabel>("pipeline.list_payment_labels(@id)", new OrderColumn("known_at"), new OrderColumn("source")).With("id", paymentId);
}

/// <summary>An alert that a payment is in; <c>/api/alerts/{id}</c> shows all of it.</summary>
/// <param name="AlertId">The alert.</param>
/// <param name="RuleCode">What raised it: the weightiest rule or list, or score.</param>
/// <param name="Severity">LOW, MEDIUM, HIGH or CRITICAL.</param>
/// <param name="Status">OPEN, IN_REVIEW, or how it was resolved.</param>
/// <param name="Assignee">Who reviews it; null: nobody yet.</param>
/// <param name="JoinedAt">Since when the payment is in it, UTC.</param>
internal sealed record PaymentAlert(long AlertId, string RuleCode, string Severity, string Status, string? Assignee, DateTime JoinedAt)
{
    /// <summary>An alert as documented.</summary>
    public static PaymentAlert Example { get; } = new(31, "amount_over_5000", "MEDIUM", "OPEN", null, new(2026, 1, 31, 14, 3, 27, DateTimeKind.Utc));

    /// <summary>The alerts of a payment.</summary>
    public static RowQuery<PaymentAlert> Of(string paymentId) =>
        new RowQuery<PaymentAlert>("pipeline.list_alerts_of_payment(@id)", new OrderColumn("joined_at"), new OrderColumn("alert_id")).With("id", paymentId);
}

/// <summary>A payment with all that is known about it.</summary>
internal sealed record PaymentDetail : StoredPayment, IExample<PaymentDetail>
{
    private PaymentDetail(StoredPayment payment)
        : base(payment)
    {
    }

    /// <inheritdoc/>
    public static PaymentDetail Example { get; } = new(new StoredPayment(
        "PAY-000123", new(2026, 1, 31, 14, 3, 27, DateTimeKind.Utc), "CUST-0042", "MERCH-007", 129.90m, "USD", "CREDIT_CARD", "SUCCESS", 2, null, 12.50m, false,
        new(2026, 1, 31, 14, 3, 27, DateTimeKind.Utc), new(2026, 1, 31, 14, 3, 27, DateTimeKind.Utc),
        "REVIEW", JsonElement.Parse("""[{"code":"amount_over_5000","kind":"rule","text":"The amount is over 5,000.","contribution":15,"observed":"7,200.00","threshold":"5,000"}]"""), 4, 2))
    {
        Alerts = [PaymentAlert.Example],
        Labels = [PaymentLabel.Example],
        History = [PaymentMove.Example],
        Refunds = [Refund.Example],
        Disputes = [Dispute.Example],
        Adjustments = [PaymentAdjustment.Example],
        Lineage = PaymentLineage.Example,
    };

    /// <summary>The alerts that it is in.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<PaymentAlert> Alerts { get; init; }

    /// <summary>What became known about it: fraud, or not.</summary>
    [JsonPropertyOrder(2)]
    public required IReadOnlyList<PaymentLabel> Labels { get; init; }

    /// <summary>Moves of the payment, its refunds and its disputes, in their order.</summary>
    [JsonPropertyOrder(3)]
    public required IReadOnlyList<PaymentMove> History { get; init; }

    /// <summary>Its refunds, newest first.</summary>
    [JsonPropertyOrder(4)]
    public required IReadOnlyList<Refund> Refunds { get; init; }

    /// <summary>Its disputes, newest first.</summary>
    [JsonPropertyOrder(5)]
    public required IReadOnlyList<Dispute> Disputes { get; init; }

    /// <summary>What was taken back from its merchant, and given back.</summary>
    [JsonPropertyOrder(6)]
    public required IReadOnlyList<PaymentAdjustment> Adjustments { get; init; }

    /// <summary>Where it came from.</summary>
    [JsonPropertyOrder(7)]
    public required PaymentLineage Lineage { get; init; }

    /// <summary>A payment, its score and its history.</summary>
    /// <remarks>As it is stored now; its moves, refunds and disputes; what became known about it; and where it came from.</remarks>
    public static async Task<Results<Ok<PaymentDetail>, ProblemHttpResult>> GetAsync(
        [Description("The payment.")] string id, Reader reader, CancellationToken cancellationToken)
    {
        if (await reader.FindAsync(Of(id), cancellationToken) is not { } payment
            || await reader.FindAsync(PaymentLineage.Query(id), cancellationToken) is not { } lineage)
        {
            return Problem.NotFound($"payment {id}");
        }

        return TypedResults.Ok(new PaymentDetail(payment)
        {
            Alerts = await reader.StreamAsync(PaymentAlert.Of(id), cancellationToken).ToListAsync(cancellationToken),
            Labels = await reader.StreamAsync(PaymentLabel.Of(id), cancellationToken).ToListAsync(cancellationToken),
            History = await reader.StreamAsync(PaymentMove.Of(id), cancellationToken).ToListAsync(cancellationToken),
            Refunds = await reader.StreamAsync(Refund.Query(id), cancellationToken).ToListAsync(cancellationToken),
            Disputes = await reader.StreamAsync(Dispute.Query(id), cancellationToken).ToListAsync(cancellationToken),
            Adjustments = await reader.StreamAsync(PaymentAdjustment.Of(id), cancellationToken).ToListAsync(cancellationToken),
            Lineage = lineage,
        });
    }
}
