using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Quality;

/// <summary>How far a feature, or the score, has drifted.</summary>
/// <param name="ToDay">Last UTC day measured.</param>
/// <param name="Subject">The feature's name, or score.</param>
/// <param name="FromDay">First UTC day measured.</param>
/// <param name="StabilityIndex">Population stability index: the sum of (actual - expected) x ln(actual / expected) over the bins of the reference.</param>
/// <param name="Stability">By custom: stable below 0.1, moderate below 0.25, shifted from there on.</param>
/// <param name="Payments">Payments measured.</param>
/// <param name="MissingShare">The part of them whose value was missing, 0 to 1.</param>
/// <param name="ReferenceSource">What they are held against: model, the training window of the live model; or first_days, the first full days.</param>
/// <param name="ReferenceFrom">First UTC day of the reference.</param>
/// <param name="ReferenceTo">Last UTC day of the reference.</param>
/// <param name="RunId">The run that measured it; <c>/api/etl/runs/{id}</c> shows it.</param>
/// <param name="CheckedAt">When, UTC.</param>
internal sealed record RiskDrift(
    DateOnly ToDay,
    string Subject,
    DateOnly FromDay,
    decimal StabilityIndex,
    string Stability,
    long Payments,
    decimal MissingShare,
    string ReferenceSource,
    DateOnly ReferenceFrom,
    DateOnly ReferenceTo,
    long RunId,
    DateTime CheckedAt) : IExample<RiskDrift>
{
    /// <inheritdoc/>
    public static RiskDrift Example { get; } = new(
        new(2026, 1, 30), "customer_count_24h", new(2026, 1, 24), 0.131200m, "moderate", 41200, 0m, "first_days", new(2025, 11, 1), new(2025, 11, 28), 41,
        new(2026, 1, 31, 2, 30, 4, DateTimeKind.Utc));

    /// <summary>Drift of features and of the score.</summary>
    /// <remarks>The newest days' payments against a reference window, measured every night: without <c>from</c> what was found last. Empty as long as there are no payments behind the reference. By day, newest first, then by name; <c>limit</c> pages it.</remarks>
    public static RowStream<RiskDrift> List(
        [FromQuery(Name = "subject"), Description("Only this feature, or score.")] string? subject,
        [FromQuery(Name = "stability"), Description("Only what is so stable."), AllowedValues("stable", "moderate", "shifted")] string? stability,
        [FromQuery(Name = "from"), Description("Measurements of this UTC day and later ones.")] DateOnly? from,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after) =>
        new(
            new RowQuery<RiskDrift>("pipeline.list_risk_drift(@subject, @stability, @from)", new OrderColumn("to_day", Descending: true), new OrderColumn("subject"))
                .With("subject", subject)
                .With("stability", stability)
                .With("from", from),
            limit,
            after);
}
