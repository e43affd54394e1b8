using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Sla;

/// <summary>A settlement that is or was late, or is warned of.</summary>
/// <param name="SettlementId">The settlement; an incident has its id.</param>
/// <param name="MerchantId">Who is paid.</param>
/// <param name="MerchantName">The merchant's name.</param>
/// <param name="State">warned (not late yet), open, escalated or closed.</param>
/// <param name="Outcome">How it closed: on_time (paid in time after all), late (paid late) or withdrawn (not late, and not paid either); null while it is not closed.</param>
/// <param name="ExpectedSettlementDate">The UTC day by which it was due.</param>
/// <param name="SettlementDate">The UTC day paid; null while it is not.</param>
/// <param name="SettlementStatus">PENDING, COMPLETED or FAILED.</param>
/// <param name="DaysDelayed">Calendar days from due to paid, or to today.</param>
/// <param name="BusinessDaysDelayed">The same in business days of the calendar of the merchant's terms.</param>
/// <param name="NetAmount">What the merchant gets.</param>
/// <param name="PenaltyAmount">Accrued by the policy, up to the day paid or the last check.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="PolicyId">The policy that it goes by, pinned when it began; null: it is older than policies.</param>
/// <param name="PolicyName">Its name.</param>
/// <param name="WarnedOn">The day from which it is warned of.</param>
/// <param name="OpenedOn">The first day on which it was late.</param>
/// <param name="EscalatedOn">The day on which it escalated.</param>
/// <param name="ClosedOn">The day paid, or on which it was withdrawn.</param>
/// <param name="OpenedAt">When the check first saw it, UTC.</param>
/// <param name="ClosedAt">When the check saw it closed, UTC.</param>
/// <param name="AcknowledgedAt">When somebody acknowledged it, UTC.</param>
/// <param name="AcknowledgedBy">Who.</param>
/// <param name="Assignee">Who follows it up.</param>
/// <param name="UpdatedAt">Last change, UTC.</param>
internal sealed record SlaIncident(
    string SettlementId,
    string MerchantId,
    string MerchantName,
    string State,
    string? Outcome,
    DateOnly ExpectedSettlementDate,
    DateOnly? SettlementDate,
    string SettlementStatus,
    int DaysDelayed,
    int BusinessDaysDelayed,
    [property: Money] decimal NetAmount,
    [property: Money] decimal PenaltyAmount,
    string Currency,
    long? PolicyId,
    string? PolicyName,
    DateOnly? WarnedOn,
    DateOnly? OpenedOn,
    DateOnly? EscalatedOn,
    DateOnly? ClosedOn,
    DateTime OpenedAt,
    DateTime? ClosedAt,
    DateTime? AcknowledgedAt,
    string? AcknowledgedBy,
    string? Assignee,
    DateTime UpdatedAt) : IInCurrency, IExample<SlaIncident>
{
    /// <inheritdoc/>
    public static SlaIncident Example { get; } = new(
        "STL-20260128-USD-MERCH-007", "MERCH-007", "Example Books", "escalated", null, new(2026, 1, 30), null, "FAILED", 4, 2, 4_105.29m, 8.21m, "USD", 1, "Default",
        new(2026, 1, 30), new(2026, 1, 31), new(2026, 2, 2), null, new(2026, 1, 31, 0, 5, 0, DateTimeKind.Utc), null,
        new(2026, 2, 2, 9, 12, 0, DateTimeKind.Utc), "anna", "anna", new(2026, 2, 3, 0, 5, 0, DateTimeKind.Utc));

    /// <summary>SLA incidents.</summary>
    /// <remarks>One for each settlement that is or was late, or is warned of; latest expected date first. Complete and streamed; <c>limit</c> pages it, and the Link header leads on.</remarks>
    public static RowStream<SlaIncident> List(
        TimeProvider clock,
        [FromQuery(Name = "state"), Description("Only incidents in this state; active: all but closed ones."), AllowedValues("active", "warned", "open", "escalated", "closed")] string? state,
        [FromQuery(Name = "outcome"), Description("Only incidents that closed so."), AllowedValues("on_time", "late", "withdrawn")] string? outcome,
        [FromQuery(Name = "merchant_id"), Description("Only incidents of this merchant.")] string? merchantId,
        [FromQuery(Name = "currency"), Description("Only incidents in this currency.")] string? currency,
        [FromQuery(Name = "assignee"), Description("Only incidents that this person follows up.")] string? assignee,
        [FromQuery(Name = "acknowledged"), Description("true: only those that somebody has acknowledged; false: only the others.")] bool? isAcknowledged,
        [FromQuery(Name = "from"), Description("Only those expected on this day or later.")] DateOnly? from,
        [FromQuery(Name = "to"), Description("Only those expected on this day or earlier.")] DateOnly? to,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after) =>
        new(
            Query(clock)
                .With("id", null)
                .With("state", state)
                .With("outcome", outcome)
                .With("merchant", merchantId)
                .With("currency", currency)
                .With("assignee", assignee)
                .With("acknowledged", isAcknowledged)
                .With("from", from)
                .With("to", to),
            limit,
            after);

    /// <summary>One SLA incident.</summary>
    /// <remarks>With its policy and every step: when each became true, when that was seen, and what the penalty was by then.</remarks>
    public static async Task<Results<Ok<SlaIncidentAccount>, ProblemHttpResult>> GetAsync(
        [Description("The settlement's id.")] string id, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        await SlaIncidentAccount.FindAsync(id, reader, clock, cancellationToken) is { } account ? TypedResults.Ok(account) : NotFound(id);

    /// <summary>The incident of a settlement, or null.</summary>
    public static Task<SlaIncident?> FindAsync(string id, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        reader.FindAsync(
            Query(clock).With("id", id).With("state", null).With("outcome", null).With("merchant", null).With("currency", null)
                .With("assignee", null).With("acknowledged", null).With("from", null).With("to", null),
            cancellationToken);

    /// <summary>404 for a settlement without an incident.</summary>
    public static ProblemHttpResult NotFound(string id) => Problem.NotFound($"SLA incident of settlement {(id.Length <= 50 ? id : id[..50] + "…")}; GET /api/sla/incidents lists them");

    private static RowQuery<SlaIncident> Query(TimeProvider clock) =>
        new RowQuery<SlaIncident>(
                "pipeline.list_incidents(@id, @state, @outcome, @merchant, @currency, @assignee, @acknowledged, @from, @to, @today)",
                new("expected_settlement_date", Descending: true),
                new("settlement_id"))
            .With("today", DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));
}

/// <summary>Something that happened to an incident.</summary>
/// <param name="EventId">Steps in their order.</param>
/// <param name="Step">warned, payout_failed, opened, reopened, escalated, penalty (a further tier began), penalty_capped, paid, withdrawn, acknowledged, assigned, unassigned or noted.</param>
/// <param name="EffectiveOn">The UTC day on which it became true.</param>
/// <param name="SeenAt">When the check saw it, or somebody did it, UTC.</param>
/// <param name="Actor">Who did it; system: the check.</param>
/// <param name="State">The incident's state afterwards.</param>
/// <param name="SettlementStatus">The settlement's status.</param>
/// <param name="DaysDelayed">Calendar days late on that day.</param>
/// <param name="NetAmount">What the merchant was to get.</param>
/// <param name="PenaltyAmount">Accrued by that day.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Assignee">Who follows it up, from then on.</param>
/// <param name="Note">What somebody wrote, or how it was paid.</param>
internal sealed record SlaStep(
    long EventId,
    string Step,
    DateOnly EffectiveOn,
    DateTime SeenAt,
    string Actor,
    string State,
    string SettlementStatus,
    int DaysDelayed,
    [property: Money] decimal NetAmount,
    [property: Money] decimal PenaltyAmount,
    string Currency,
    string? Assignee,
    string? Note) : IInCurrency, IExample<SlaStep>
{
    /// <inheritdoc/>
    public static SlaStep Example { get; } = new(
        4711, "opened", new(2026, 1, 31), new(2026, 1, 31, 0, 5, 0, DateTimeKind.Utc), "system", "open", "PENDING", 1, 4_105.29m, 2.05m, "USD", null, null);
}

/// <summary>An incident with its policy and timeline.</summary>
/// <param name="Incident">As it is now.</param>
/// <param name="Policy">What it goes by; null: it is older than policies.</param>
/// <param name="Timeline">Every step, oldest first.</param>
internal sealed record SlaIncidentAccount(SlaIncident Incident, SlaPolicy? Policy, IReadOnlyList<SlaStep> Timeline) : IExample<SlaIncidentAccount>
{
    /// <inheritdoc/>
    public static SlaIncidentAccount Example { get; } = new(SlaIncident.Example, SlaPolicy.Example, [SlaStep.Example]);

    /// <summary>The incident of a settlement as it is now, or null.</summary>
    public static async Task<SlaIncidentAccount?> FindAsync(string id, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        await SlaIncident.FindAsync(id, reader, clock, cancellationToken) is { } incident
            ? new(
                incident,
                incident.PolicyId is { } policy ? await SlaPolicy.FindAsync(policy, reader, cancellationToken) : null,
                await reader.StreamAsync(new RowQuery<SlaStep>("pipeline.list_incident_events(@id)", new OrderColumn("event_id")).With("id", id), cancellationToken).ToListAsync(cancellationToken))
            : null;
}
