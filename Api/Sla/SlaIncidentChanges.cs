using System.ComponentModel;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Sla;

/// <summary>A remark that may be left out.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SlaRemark : IExample<SlaRemark>
{
    /// <inheritdoc/>
    public static SlaRemark Example { get; } = new() { Note = "the bank confirms the transfer for tomorrow" };

    /// <summary>What there is to say; at most 1,000 characters.</summary>
    public string? Note { get; init; }
}

/// <summary>Who is to follow an incident up.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SlaAssignment : IExample<SlaAssignment>
{
    /// <inheritdoc/>
    public static SlaAssignment Example { get; } = new() { Assignee = "anna", Note = "knows the bank" };

    /// <summary>At most 100 characters; without it the caller.</summary>
    public string? Assignee { get; init; }

    /// <summary>Why; at most 1,000 characters.</summary>
    public string? Note { get; init; }
}

/// <summary><c>POST /api/sla/incidents/{id}/…</c>: what operators do to incidents.</summary>
internal static class SlaIncidentChanges
{
    /// <summary>Acknowledges an incident.</summary>
    /// <remarks>Somebody has seen it. 409 when it is closed, or acknowledged already. In its timeline and audited.</remarks>
    public static Task<Results<Ok<SlaIncidentAccount>, ProblemHttpResult>> AcknowledgeAsync(
        [Description("The settlement's id.")] string id, SlaRemark request, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        RequestTexts.CheckNote("note", request.Note);
        return StepAsync(id, "acknowledged", null, request.Note, reader, clock, user, cancellationToken);
    }

    /// <summary>Assigns an incident.</summary>
    /// <remarks>To the caller, or to whom <c>assignee</c> names, whoever had it before. 409 when it is closed. In its timeline and audited.</remarks>
    public static Task<Results<Ok<SlaIncidentAccount>, ProblemHttpResult>> AssignAsync(
        [Description("The settlement's id.")] string id, SlaAssignment request, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        RequestTexts.CheckNote("note", request.Note);
        RequestTexts.CheckAssignee(request.Assignee);
        return StepAsync(id, "assigned", request.Assignee?.Trim() ?? user.Identity?.Name ?? "", request.Note, reader, clock, user, cancellationToken);
    }

    /// <summary>Takes an incident back from who has it.</summary>
    /// <remarks>409 when nobody has it. In its timeline and audited.</remarks>
    public static Task<Results<Ok<SlaIncidentAccount>, ProblemHttpResult>> UnassignAsync(
        [Description("The settlement's id.")] string id, SlaRemark request, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        RequestTexts.CheckNote("note", request.Note);
        return StepAsync(id, "unassigned", null, request.Note, reader, clock, user, cancellationToken);
    }

    /// <summary>Writes a note to an incident.</summary>
    /// <remarks>Whatever its state. In its timeline and audited.</remarks>
    public static Task<Results<Ok<SlaIncidentAccount>, ProblemHttpResult>> NoteAsync(
        [Description("The settlement's id.")] string id, SlaRemark request, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        RequestTexts.RequireText("note", request.Note);
        return StepAsync(id, "noted", null, request.Note, reader, clock, user, cancellationToken);
    }

    private static async Task<Results<Ok<SlaIncidentAccount>, ProblemHttpResult>> StepAsync(
        string id, string step, string? assignee, string? note, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var changed = await reader.FindAsync(
            new RowQuery<Changed>("pipeline.step_incident(@id, @step, @assignee, @note, @by, @now)")
                .With("id", id)
                .With("step", step)
                .With("assignee", assignee)
                .With("note", note)
                .With("by", user.Identity?.Name ?? "")
                .With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken);
        if (changed is null) return SlaIncident.NotFound(id);
        if (!changed.IsDone)
        {
            var more = changed.AcknowledgedBy is null ? "" : $", acknowledged by {changed.AcknowledgedBy}";
            return Problem.Of(
                StatusCodes.Status409Conflict,
                $"The incident cannot be {step} now: it is {changed.State}{more}. GET /api/sla/incidents/{id} shows it.",
                ("state", changed.State),
                ("assignee", changed.Assignee));
        }

        return TypedResults.Ok((await SlaIncidentAccount.FindAsync(id, reader, clock, cancellationToken))!);
    }

    /// <summary>What a step did.</summary>
    private sealed record Changed(bool IsDone, string State, string? Assignee, string? AcknowledgedBy);
}
