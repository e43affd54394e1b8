using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;
using Payments.Pipeline.Alerts;

namespace Payments.Api.Alerts;

/// <summary>How the review of the alerts of a severity is doing.</summary>
/// <param name="Severity">LOW, MEDIUM, HIGH or CRITICAL; ALL: of all of them.</param>
/// <param name="Open">Alerts that are nobody's yet.</param>
/// <param name="InReview">Alerts that somebody reviews.</param>
/// <param name="Overdue">Of both: beyond their time.</param>
/// <param name="OldestOpenedAt">When the oldest of both was raised, UTC.</param>
/// <param name="NextDueAt">The earliest due time of both, UTC.</param>
/// <param name="ReviewWithinSeconds">The time that a review may take; null for ALL.</param>
/// <param name="ResolvedFraud">Resolved as fraud in the period.</param>
/// <param name="ResolvedLegitimate">Resolved as legitimate in the period.</param>
/// <param name="Expired">Expired in the period.</param>
/// <param name="ResolvedInTime">Of those resolved: before they were due.</param>
/// <param name="MedianSecondsToResolve">Median time from alert to verdict, of those resolved in the period; null without any.</param>
internal sealed record AlertFigures(
    string Severity,
    long Open,
    long InReview,
    long Overdue,
    DateTime? OldestOpenedAt,
    DateTime? NextDueAt,
    long? ReviewWithinSeconds,
    long ResolvedFraud,
    long ResolvedLegitimate,
    long Expired,
    long ResolvedInTime,
    long? MedianSecondsToResolve);

/// <summary>How the review of alerts is doing.</summary>
/// <param name="AsOf">UTC.</param>
/// <param name="Days">The period that ends with it.</param>
/// <param name="Total">All severities.</param>
/// <param name="BySeverity">Each of them, most severe first.</param>
internal sealed record AlertSummary(DateTime AsOf, int Days, AlertFigures Total, IReadOnlyList<AlertFigures> BySeverity) : IExample<AlertSummary>
{
    private const string All = "ALL";
    private static readonly string[] Severities = ["CRITICAL", "HIGH", "MEDIUM", "LOW", All];

    /// <inheritdoc/>
    public static AlertSummary Example { get; } = new(
        new(2026, 1, 31, 15, 0, 0, DateTimeKind.Utc),
        30,
        ExampleOf(All, null),
        [.. Severities.Take(4).Zip([3600L, 14_400, 86_400, 259_200], (severity, within) => ExampleOf(severity, within))]);

    /// <summary>How the review is doing.</summary>
    /// <remarks>Alerts that wait by severity, how many of them are overdue and since when the oldest waits; and of those that ended lately how, whether in time, and the median time to a verdict.</remarks>
    public static async Task<Ok<AlertSummary>> GetAsync(
        Reader reader,
        TimeProvider clock,
        CancellationToken cancellationToken,
        [FromQuery(Name = "days"), Description("The period of the verdicts that are measured."), Range(1, 3650)] int days = ExpireStage.MeasuredDays)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var figures = await reader.StreamAsync(
            new RowQuery<AlertFigures>("pipeline.summarize_alerts(@since, @now)", new OrderColumn("severity")).With("since", now.AddDays(-days)).With("now", now),
            cancellationToken).ToListAsync(cancellationToken);
        var ordered = figures.OrderBy(row => Array.IndexOf(Severities, row.Severity)).ToList();
        return TypedResults.Ok(new AlertSummary(now, days, ordered[^1], ordered[..^1]));
    }

    private static AlertFigures ExampleOf(string severity, long? within) => new(
        severity, 4, 2, 1, new(2026, 1, 30, 9, 0, 0, DateTimeKind.Utc), new(2026, 1, 31, 9, 0, 0, DateTimeKind.Utc), within, 12, 40, 3, 50, 5400);
}
