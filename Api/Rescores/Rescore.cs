using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Rescores;

/// <summary>Stored payments scored anew: which, how far it is, and what changed.</summary>
/// <param name="RunId">The run; <c>/api/etl/runs/{id}</c> shows its steps and, at its end, decisions before and after.</param>
/// <param name="Status">queued, running, succeeded or failed.</param>
/// <param name="FromDay">First UTC day.</param>
/// <param name="ToDay">Last UTC day.</param>
/// <param name="DryRun">Nothing was changed: the numbers tell what would have been.</param>
/// <param name="RaiseAlerts">Alerts were raised for payments that need a look now.</param>
/// <param name="PaymentsExpected">Payments of these days when it began, those of archived months too, which are left out.</param>
/// <param name="PaymentsRead">Payments scored so far.</param>
/// <param name="DoneUntil">The instant of the last payment that is done, UTC.</param>
/// <param name="ScoresChanged">Payments whose score or flag changed.</param>
/// <param name="FlagsSet">Payments that became suspicious.</param>
/// <param name="FlagsCleared">Payments that are suspicious no more.</param>
/// <param name="DecisionsRaised">Payments that went to a stricter decision.</param>
/// <param name="DecisionsLowered">Payments that went to a milder one.</param>
/// <param name="AssessmentsWritten">Assessments added or replaced.</param>
/// <param name="AlertsRaised">New alerts.</param>
/// <param name="ScoresBefore">Payments by score before: ten bands of ten points, 100 in the last.</param>
/// <param name="ScoresAfter">Payments by score after.</param>
/// <param name="RulesVersion">The version of rules, lists and thresholds that all of it was scored by.</param>
/// <param name="ModelsVersion">The version of the models.</param>
/// <param name="ScoredAt">The instant by which validity and expiry of rules and lists were judged, UTC.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="FinishedAt">UTC; null while it goes on.</param>
internal sealed record Rescore(
    long RunId,
    string Status,
    DateOnly FromDay,
    DateOnly ToDay,
    bool DryRun,
    bool RaiseAlerts,
    long PaymentsExpected,
    long PaymentsRead,
    DateTime? DoneUntil,
    long ScoresChanged,
    long FlagsSet,
    long FlagsCleared,
    long DecisionsRaised,
    long DecisionsLowered,
    long AssessmentsWritten,
    long AlertsRaised,
    long[] ScoresBefore,
    long[] ScoresAfter,
    long RulesVersion,
    long ModelsVersion,
    DateTime ScoredAt,
    DateTime StartedAt,
    DateTime? FinishedAt) : IExample<Rescore>
{
    /// <inheritdoc/>
    public static Rescore Example { get; } = new(
        57, "succeeded", new(2025, 11, 1), new(2026, 1, 31), true, false, 5000, 5000, new(2026, 1, 31, 23, 58, 12, DateTimeKind.Utc), 812, 4, 9, 31, 12, 43, 0,
        [3900, 500, 300, 120, 80, 50, 25, 15, 7, 3], [3700, 610, 330, 150, 95, 60, 28, 17, 7, 3], 12, 4,
        new(2026, 2, 1, 9, 0, 0, DateTimeKind.Utc), new(2026, 2, 1, 9, 0, 0, DateTimeKind.Utc), new(2026, 2, 1, 9, 0, 2, DateTimeKind.Utc));

    /// <summary>Rescores.</summary>
    /// <remarks>Newest first: every time that stored payments were scored anew, dry runs too. The Link header leads to older ones.</remarks>
    public static RowStream<Rescore> List(
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        new(Query(), limit, after);

    /// <summary>One rescore.</summary>
    /// <remarks>While it runs, <c>payments_read</c> of <c>payments_expected</c> tells how far it is.</remarks>
    public static async Task<Results<Ok<Rescore>, ProblemHttpResult>> GetAsync(
        [Description("Its run.")] long id, Reader reader, CancellationToken cancellationToken) =>
        await reader.FindAsync(Query().Where("run_id = @id").With("id", id), cancellationToken) is { } found
            ? TypedResults.Ok(found)
            : Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"rescore {id}"));

    private static RowQuery<Rescore> Query() => new("pipeline.list_rescores()", new OrderColumn("run_id", Descending: true));
}
