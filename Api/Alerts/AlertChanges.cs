using System.ComponentModel;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Reading;
using Payments.Pipeline.Alerts;

namespace Payments.Api.Alerts;

/// <summary>Who is to review an alert.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AssignRequest : IExample<AssignRequest>
{
    /// <inheritdoc/>
    public static AssignRequest Example { get; } = new() { Assignee = "anna" };

    /// <summary>The reviewer, at most 100 characters; without it the caller.</summary>
    public string? Assignee { get; init; }

    /// <summary>True: also from somebody who reviews it already.</summary>
    public bool TakeOver { get; init; }
}

/// <summary>What a reviewer writes down.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record NoteRequest : IExample<NoteRequest>
{
    /// <inheritdoc/>
    public static NoteRequest Example { get; } = new() { Note = "called the customer, no answer yet" };

    /// <summary>At most 1,000 characters.</summary>
    public string? Note { get; init; }
}

/// <summary>Why a verdict is taken back.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ReopenRequest : IExample<ReopenRequest>
{
    /// <inheritdoc/>
    public static ReopenRequest Example { get; } = new() { Reason = "the customer has called back" };

    /// <summary>Kept with the step; at most 1,000 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary>A verdict.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal record ResolveRequest : IExample<ResolveRequest>
{
    private const string Prefix = "RESOLVED_";

    /// <inheritdoc/>
    public static ResolveRequest Example { get; } = new() { Status = "RESOLVED_FRAUD", Reason = "the customer does not know these payments" };

    /// <summary>RESOLVED_FRAUD or RESOLVED_LEGITIMATE; fraud and legitimate will do.</summary>
    public string? Status { get; init; }

    /// <summary>Why; kept with the caller's name, at most 1,000 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it says fraud.</summary>
    /// <exception cref="InvalidParameterException">It is no verdict, or has no reason.</exception>
    public bool Check()
    {
        RequestTexts.RequireText("reason", Reason);
        var word = Status?.ToUpperInvariant();
        return word switch
        {
            Prefix + "FRAUD" or "FRAUD" => true,
            Prefix + "LEGITIMATE" or "LEGITIMATE" => false,
            _ => throw new InvalidParameterException("status", $"must be {Prefix}FRAUD or {Prefix}LEGITIMATE"),
        };
    }
}

/// <summary>One verdict on several alerts.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ResolveAllRequest : ResolveRequest, IExample<ResolveAllRequest>
{
    /// <inheritdoc/>
    public static new ResolveAllRequest Example { get; } =
        new() { AlertIds = [17, 18, 23], Status = "RESOLVED_LEGITIMATE", Reason = "the merchant's yearly sale" };

    /// <summary>The alerts, 1 to 100.</summary>
    public long[]? AlertIds { get; init; }
}

/// <summary>What became of an alert in a call for several.</summary>
/// <param name="AlertId">The alert.</param>
/// <param name="IsResolved">Whether this call has resolved it.</param>
/// <param name="Status">Its status now; null: there is no such alert.</param>
internal sealed record AlertOutcome(long AlertId, bool IsResolved, string? Status);

/// <summary>What became of several alerts.</summary>
/// <param name="Resolved">How many this call has resolved.</param>
/// <param name="Alerts">Each of them.</param>
internal sealed record ResolveAllResult(int Resolved, IReadOnlyList<AlertOutcome> Alerts) : IExample<ResolveAllResult>
{
    /// <inheritdoc/>
    public static ResolveAllResult Example { get; } =
        new(2, [new(17, true, "RESOLVED_LEGITIMATE"), new(18, true, "RESOLVED_LEGITIMATE"), new(23, false, "EXPIRED")]);
}

/// <summary>The steps of a review: each is checked against the alert's state, kept with its author, and told to the feed.</summary>
internal sealed class AlertChanges(Reader reader, TimeProvider clock)
{
    /// <summary>Assigns an alert.</summary>
    /// <remarks>It is in review then. Of two who reach for it the first has it: from somebody else it is taken with <c>take_over</c> only. 409 when it does not wait any more, or is somebody else's; <c>alert_status</c> and <c>assignee</c> tell.</remarks>
    public static async Task<Results<Ok<AlertAccount>, ProblemHttpResult>> AssignAsync(
        [Description("The alert.")] long id, AssignRequest request, AlertChanges changes, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        RequestTexts.CheckAssignee(request.Assignee);
        return await changes.StepAsync(
            id,
            "assigned",
            new RowQuery<Changed>("pipeline.assign_alert(@id, @assignee, @take_over, @by, @now)").With("assignee", request.Assignee ?? user.Identity?.Name).With("take_over", request.TakeOver),
            user,
            cancellationToken);
    }

    /// <summary>Gives an alert back to the queue.</summary>
    /// <remarks>It is open then, and nobody's. 409 when it is not in review.</remarks>
    public static Task<Results<Ok<AlertAccount>, ProblemHttpResult>> UnassignAsync(
        [Description("The alert.")] long id, AlertChanges changes, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        changes.StepAsync(id, "unassigned", new RowQuery<Changed>("pipeline.assign_alert(@id, null, false, @by, @now)"), user, cancellationToken);

    /// <summary>Writes a note to an alert.</summary>
    /// <remarks>Whatever its state; notes are never changed.</remarks>
    public static async Task<Results<Ok<AlertAccount>, ProblemHttpResult>> NoteAsync(
        [Description("The alert.")] long id, NoteRequest request, AlertChanges changes, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        RequestTexts.RequireText("note", request.Note);
        return await changes.StepAsync(
            id,
            "noted",
            new RowQuery<Changed>("(select true as is_done, '' as status, null as assignee from pipeline.note_alert(@id, @note, @by, @now) as note_id where note_id is not null) as noted").With("note", request.Note),
            user,
            cancellationToken);
    }

    /// <summary>Resolves an alert.</summary>
    /// <remarks>The verdict becomes the fraud label of its payments (source <c>analyst</c>), known from now on. Fraud makes them suspicious; legitimate takes back what a reviewer had made suspicious, not what a rule or a list has flagged. A dispute's word about a payment beats a reviewer's. 409 when the alert does not wait any more (<c>alert_status</c> tells), or a payment has joined it at this very moment: look at it again.</remarks>
    public static Task<Results<Ok<AlertAccount>, ProblemHttpResult>> ResolveAsync(
        [Description("The alert.")] long id, ResolveRequest request, AlertChanges changes, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var isFraud = request.Check();
        return changes.StepAsync(id, StepOf(isFraud), Verdict(isFraud, request.Reason), user, cancellationToken);
    }

    /// <summary>Resolves several alerts.</summary>
    /// <remarks>One verdict and one reason; each alert by itself, so that those that cannot be resolved, or are unknown, do not hold up the others. The answer tells what became of each.</remarks>
    public static async Task<Ok<ResolveAllResult>> ResolveAllAsync(
        ResolveAllRequest request, AlertChanges changes, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        const int most = 100;
        var isFraud = request.Check();
        if (request.AlertIds is not { Length: > 0 and <= most }) throw new InvalidParameterException("alert_ids", $"must be 1 to {most} alerts");

        var outcomes = new List<AlertOutcome>();
        foreach (var id in request.AlertIds.Distinct())
        {
            var changed = await changes.ChangeAsync(id, StepOf(isFraud), Verdict(isFraud, request.Reason), user, cancellationToken);
            outcomes.Add(new(id, changed?.IsDone == true, changed?.Status));
        }

        return TypedResults.Ok(new ResolveAllResult(outcomes.Count(outcome => outcome.IsResolved), outcomes));
    }

    /// <summary>Reopens an alert.</summary>
    /// <remarks>Takes a verdict (with its labels and flags) or an expiry back; the caller reviews it then. 409 when it waits already, or when another alert of the same customer and rule has taken its place.</remarks>
    public static async Task<Results<Ok<AlertAccount>, ProblemHttpResult>> ReopenAsync(
        [Description("The alert.")] long id, ReopenRequest request, AlertChanges changes, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        RequestTexts.RequireText("reason", request.Reason);
        return await changes.StepAsync(
            id, "reopened", new RowQuery<Changed>("pipeline.reopen_alert(@id, @reason, @by, @now)").With("reason", request.Reason), user, cancellationToken);
    }

    private static string StepOf(bool isFraud) => isFraud ? "resolved_fraud" : "resolved_legitimate";

    private static RowQuery<Changed> Verdict(bool isFraud, string? reason) =>
        new RowQuery<Changed>("pipeline.resolve_alert(@id, @is_fraud, @reason, @by, @now)").With("is_fraud", isFraud).With("reason", reason);

    private async Task<Results<Ok<AlertAccount>, ProblemHttpResult>> StepAsync(
        long id, string step, RowQuery<Changed> change, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (await ChangeAsync(id, step, change, user, cancellationToken) is not { } changed) return Alert.NotFound(id);
        if (!changed.IsDone)
        {
            var owner = changed.Assignee is null ? "" : $", assigned to {changed.Assignee}";
            return Problem.Of(
                StatusCodes.Status409Conflict,
                string.Create(CultureInfo.InvariantCulture, $"Alert {id} cannot be {Done(step)} now: it is {changed.Status}{owner}. GET /api/alerts/{id} shows it."),
                ("alert_status", changed.Status),
                ("assignee", changed.Assignee));
        }

        return await AlertAccount.FindAsync(id, reader, clock, cancellationToken) is { } alert ? TypedResults.Ok(alert) : Alert.NotFound(id);
    }

    private async Task<Changed?> ChangeAsync(long id, string step, RowQuery<Changed> change, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var changed = await reader.FindAsync(
            change.With("id", id).With("by", user.Identity?.Name ?? "").With("now", clock.GetUtcNow().UtcDateTime), cancellationToken);
        if (changed?.IsDone == true) AlertMeters.Stepped(step);
        return changed;
    }

    private static string Done(string step) => step.Split('_')[0];

    /// <summary>What a step did.</summary>
    /// <param name="IsDone">False: the alert's state does not allow it.</param>
    /// <param name="Status">The status now.</param>
    /// <param name="Assignee">The assignee now.</param>
    private sealed record Changed(bool IsDone, string Status, string? Assignee);
}
