using System.Text.Json.Serialization;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Alerts;

/// <summary>An alert with what a reviewer needs to judge it, and what reviewers did.</summary>
internal sealed record AlertAccount : Alert, IExample<AlertAccount>
{
    private const int Payments = 100;

    private AlertAccount(Alert alert, IReadOnlyList<AlertPayment> payments, IReadOnlyList<AlertNote> notes, IReadOnlyList<AlertStep> steps)
        : base(alert) => (RiskiestPayments, Notes, Steps) = (payments, notes, steps);

    /// <inheritdoc/>
    public static new AlertAccount Example { get; } = new(Alert.Example, [AlertPayment.Example], [AlertNote.Example], [AlertStep.Example]);

    /// <summary>At most 100 of its payments, riskiest first.</summary>
    [JsonPropertyOrder(1), JsonPropertyName("payments")]
    public IReadOnlyList<AlertPayment> RiskiestPayments { get; }

    /// <summary>What reviewers wrote down, oldest first.</summary>
    [JsonPropertyOrder(2)]
    public IReadOnlyList<AlertNote> Notes { get; }

    /// <summary>Every step, oldest first.</summary>
    [JsonPropertyOrder(3)]
    public IReadOnlyList<AlertStep> Steps { get; }

    /// <summary>The alert as it is now, or null when there is none of this id.</summary>
    public static new async Task<AlertAccount?> FindAsync(long id, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        await Alert.FindAsync(id, reader, clock, cancellationToken) is { } alert
            ? new(
                alert,
                await reader.StreamAsync(AlertPayment.Query(id).Take(Payments), cancellationToken).ToListAsync(cancellationToken),
                await reader.StreamAsync(new RowQuery<AlertNote>("pipeline.list_alert_notes(@id)", new OrderColumn("note_id")).With("id", id), cancellationToken).ToListAsync(cancellationToken),
                await reader.StreamAsync(new RowQuery<AlertStep>("pipeline.list_alert_steps(@id)", new OrderColumn("step_id")).With("id", id), cancellationToken).ToListAsync(cancellationToken))
            : null;
}

/// <summary>What a reviewer wrote down.</summary>
/// <param name="NoteId">Notes in their order.</param>
/// <param name="Author">Who.</param>
/// <param name="Note">What.</param>
/// <param name="CreatedAt">UTC.</param>
internal sealed record AlertNote(long NoteId, string Author, string Note, DateTime CreatedAt) : IExample<AlertNote>
{
    /// <inheritdoc/>
    public static AlertNote Example { get; } = new(5, "anna", "called the customer, no answer yet", new(2026, 1, 31, 14, 20, 0, DateTimeKind.Utc));
}

/// <summary>Something that happened to an alert.</summary>
/// <param name="StepId">Steps in their order.</param>
/// <param name="At">UTC.</param>
/// <param name="Actor">Who did it; system: it happened by itself.</param>
/// <param name="Step">raised, joined (by further payments), assigned, unassigned, noted, resolved, reopened or expired.</param>
/// <param name="FromStatus">The status before; null: the alert was raised.</param>
/// <param name="ToStatus">The status from then on.</param>
/// <param name="Note">The reason, the assignee, or how many payments.</param>
internal sealed record AlertStep(long StepId, DateTime At, string Actor, string Step, string? FromStatus, string ToStatus, string? Note) : IExample<AlertStep>
{
    /// <inheritdoc/>
    public static AlertStep Example { get; } = new(40, new(2026, 1, 31, 14, 15, 0, DateTimeKind.Utc), "anna", "assigned", "OPEN", "IN_REVIEW", "anna");
}
