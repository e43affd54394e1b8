using System.ComponentModel;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Claims;
using Payments.Api.Docs;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Lineage;

/// <summary>Where a payment came from and what happened to it since.</summary>
internal sealed record PaymentStory : PaymentLineage, IExample<PaymentStory>
{
    private PaymentStory(
        PaymentLineage lineage,
        IReadOnlyList<PaymentMove> history,
        IReadOnlyList<Refund> refunds,
        IReadOnlyList<Dispute> disputes,
        IReadOnlyList<PaymentAdjustment> adjustments)
        : base(lineage) => (History, Refunds, Disputes, Adjustments) = (history, refunds, disputes, adjustments);

    /// <inheritdoc/>
    public static new PaymentStory Example { get; } =
        new(PaymentLineage.Example, [PaymentMove.Example], [Refund.Example], [Dispute.Example], [PaymentAdjustment.Example]);

    /// <summary>Moves of the payment, its refunds and its disputes, in their order, each with its file and line.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyList<PaymentMove> History { get; }

    /// <summary>Its refunds, newest first.</summary>
    [JsonPropertyOrder(2)]
    public IReadOnlyList<Refund> Refunds { get; }

    /// <summary>Its disputes, newest first.</summary>
    [JsonPropertyOrder(3)]
    public IReadOnlyList<Dispute> Disputes { get; }

    /// <summary>What was taken back from its merchant, and given back.</summary>
    [JsonPropertyOrder(4)]
    public IReadOnlyList<PaymentAdjustment> Adjustments { get; }

    /// <summary>Where a payment came from.</summary>
    /// <remarks>From the payment to its batch, line, file, import and run; to its settlement; and what happened to it since: moves, refunds, disputes, adjustments. Of an archived payment to the archive's file.</remarks>
    public static async Task<Results<Ok<PaymentStory>, ProblemHttpResult>> GetAsync(
        [Description("The payment.")] string id, Reader reader, CancellationToken cancellationToken)
    {
        if (await reader.FindAsync(Query(id), cancellationToken) is not { } lineage)
        {
            return Problem.NotFound($"payment {id}");
        }

        return TypedResults.Ok(new PaymentStory(
            lineage,
            await reader.StreamAsync(PaymentMove.Of(id), cancellationToken).ToListAsync(cancellationToken),
            await reader.StreamAsync(Refund.Query(id), cancellationToken).ToListAsync(cancellationToken),
            await reader.StreamAsync(Dispute.Query(id), cancellationToken).ToListAsync(cancellationToken),
            await reader.StreamAsync(PaymentAdjustment.Of(id), cancellationToken).ToListAsync(cancellationToken)));
    }
}

/// <summary>A status that a payment, or one of its refunds or disputes, has reached.</summary>
/// <param name="Subject">payment, refund or dispute.</param>
/// <param name="Id">Its id.</param>
/// <param name="PreviousStatus">Null when it was first heard of.</param>
/// <param name="NewStatus">The status.</param>
/// <param name="MovedAt">When it was learnt, UTC.</param>
/// <param name="RefundId">The refund that moved the payment; null when its own record said so.</param>
/// <param name="LineNumber">The physical line of the file where the record starts, from 1.</param>
/// <param name="ImportId">The import.</param>
/// <param name="FileName">What the sender calls the file; null when it did not say.</param>
/// <param name="BatchId">The slice of the file.</param>
/// <param name="MoveId">Numbers the moves of payments, and those of refunds and disputes.</param>
internal sealed record PaymentMove(
    string Subject,
    string Id,
    string? PreviousStatus,
    string NewStatus,
    DateTime MovedAt,
    string? RefundId,
    long LineNumber,
    long? ImportId,
    string? FileName,
    long BatchId,
    long MoveId)
{
    /// <summary>A move as documented.</summary>
    public static PaymentMove Example { get; } = new(
        "payment", "PAY-000123", "SUCCESS", "REFUNDED", new(2026, 2, 4, 8, 0, 0, DateTimeKind.Utc), "REF-000017", 3, 9, "refunds.csv", 14, 5);

    /// <summary>The moves of a payment and its claims.</summary>
    public static RowQuery<PaymentMove> Of(string paymentId) => new RowQuery<PaymentMove>(
        "pipeline.list_payment_history(@id)", new("moved_at"), new("batch_id"), new("line_number"), new("subject", Descending: true), new("move_id")).With("id", paymentId);
}

/// <summary>Money taken back from the merchant of a settled payment, or given back.</summary>
/// <param name="AdjustmentId">Its number.</param>
/// <param name="Amount">Negative: taken back.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Cause">payment_refunded, refund, refund_failed, dispute, dispute_won, or covered: another claim takes it instead.</param>
/// <param name="RefundId">The refund that it is for.</param>
/// <param name="DisputeId">The dispute that it is for.</param>
/// <param name="SettledIn">The settlement that holds the payment.</param>
/// <param name="SettlementId">The settlement that carries the adjustment; null while it waits for an open one.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="CarriedAt">UTC; null while it waits.</param>
internal sealed record PaymentAdjustment(
    long AdjustmentId,
    [property: Money] decimal Amount,
    string Currency,
    string Cause,
    string? RefundId,
    string? DisputeId,
    string SettledIn,
    string? SettlementId,
    DateTime CreatedAt,
    DateTime? CarriedAt) : IInCurrency
{
    /// <summary>An adjustment as documented.</summary>
    public static PaymentAdjustment Example { get; } = new(
        7, -29.90m, "USD", "refund", "REF-000017", null, "STL-20260131-USD-MERCH-007", "STL-20260203-USD-MERCH-007",
        new(2026, 2, 4, 8, 0, 0, DateTimeKind.Utc), new(2026, 2, 4, 8, 0, 0, DateTimeKind.Utc));

    /// <summary>The adjustments of a payment.</summary>
    public static RowQuery<PaymentAdjustment> Of(string paymentId) =>
        new RowQuery<PaymentAdjustment>("pipeline.list_payment_adjustments(@id)", new OrderColumn("adjustment_id")).With("id", paymentId);
}
