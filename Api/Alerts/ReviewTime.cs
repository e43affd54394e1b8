using System.ComponentModel;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Alerts;

/// <summary>New times of a severity.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ReviewTimeRequest : IExample<ReviewTimeRequest>
{
    /// <inheritdoc/>
    public static ReviewTimeRequest Example { get; } = new() { ReviewWithinMinutes = 120, ExpiresAfterDays = 60, Note = "two more reviewers since March" };

    /// <summary>1 to 525,600 (a year), and not longer than until the alert expires.</summary>
    public long? ReviewWithinMinutes { get; init; }

    /// <summary>From the last step or payment; 1 to 3,650.</summary>
    public long? ExpiresAfterDays { get; init; }

    /// <summary>Why; kept with the caller's name in <c>/api/rules/audit</c>, at most 1,000 characters.</summary>
    public string? Note { get; init; }
}

/// <summary>How soon alerts of a severity are to be reviewed, and when they expire.</summary>
/// <param name="Place">LOW 1 to CRITICAL 4.</param>
/// <param name="Severity">LOW, MEDIUM, HIGH or CRITICAL.</param>
/// <param name="ReviewWithinMinutes">From when an alert is raised, or becomes this severe.</param>
/// <param name="ExpiresAfterDays">From an alert's last step or payment.</param>
internal sealed record ReviewTime(int Place, string Severity, long ReviewWithinMinutes, long ExpiresAfterDays) : IExample<ReviewTime>
{
    private const long LongestReview = 525_600;
    private const long LongestWait = 3_650;
    private const long MinutesOfDay = 1440;

    /// <inheritdoc/>
    public static ReviewTime Example { get; } = new(3, "HIGH", 240, 60);

    /// <summary>Review times.</summary>
    /// <remarks>How soon alerts of each severity are to be reviewed, most severe first, and when those that nobody touches expire.</remarks>
    public static RowStream<ReviewTime> List() => new(Query());

    /// <summary>Changes the times of a severity.</summary>
    /// <remarks>They count for alerts that are raised from now on; those that wait keep their due time, and expire by the new one. Audited as <c>review_times</c> in <c>/api/rules/audit</c>.</remarks>
    public static async Task<Results<Ok<ReviewTime>, ProblemHttpResult>> PutAsync(
        [Description("LOW, MEDIUM, HIGH or CRITICAL.")] string severity,
        ReviewTimeRequest request,
        Reader reader,
        TimeProvider clock,
        ClaimsPrincipal user,
        CancellationToken cancellationToken)
    {
        var minutes = Required("review_within_minutes", request.ReviewWithinMinutes, LongestReview);
        var days = Required("expires_after_days", request.ExpiresAfterDays, LongestWait);
        if (minutes > days * MinutesOfDay) throw new InvalidParameterException("review_within_minutes", "must not be longer than until the alert expires");
        RequestTexts.RequireText("note", request.Note);

        var saved = await reader.FindAsync(
            new RowQuery<Saved>("pipeline.set_review_time(@severity, @within, @expires, @note, @by, @now) as saved (is_known)")
                .With("severity", severity)
                .With("within", TimeSpan.FromMinutes(minutes))
                .With("expires", TimeSpan.FromDays(days))
                .With("note", request.Note)
                .With("by", user.Identity?.Name ?? "")
                .With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken);
        return saved?.IsKnown == true
            ? TypedResults.Ok((await reader.FindAsync(Query().Where("severity = @severity").With("severity", severity), cancellationToken))!)
            : Problem.NotFound("such severity; there are LOW, MEDIUM, HIGH and CRITICAL");
    }

    private static RowQuery<ReviewTime> Query() => new("pipeline.list_review_times()", new OrderColumn("place", Descending: true));

    private static long Required(string name, long? value, long most) => value is { } number && number >= 1 && number <= most
        ? number
        : throw new InvalidParameterException(name, $"is required: a whole number from 1 to {most}");

    private sealed record Saved(bool? IsKnown);
}
