using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Quality;

/// <summary>How good the decisions of an ISO week were.</summary>
/// <param name="WeekStart">The week's Monday, UTC.</param>
/// <param name="Payments">Payments of the week.</param>
/// <param name="Labelled">Those with a label, of either kind.</param>
/// <param name="IsMature">Whether the week's labels are due. Before that, and without any label, there are no figures.</param>
/// <param name="Frauds">Payments known to be frauds; the others count as genuine.</param>
/// <param name="ReviewPrecision">Frauds among the payments decided REVIEW or BLOCK, 0 to 1; null when there were none.</param>
/// <param name="ReviewRecall">REVIEW or BLOCK among the frauds; null without a fraud.</param>
/// <param name="ReviewFalsePositiveRate">REVIEW or BLOCK among the genuine payments.</param>
/// <param name="BlockPrecision">Frauds among the payments decided BLOCK; null when there were none.</param>
/// <param name="BlockRecall">BLOCK among the frauds; null without a fraud.</param>
/// <param name="BlockFalsePositiveRate">BLOCK among the genuine payments.</param>
/// <param name="AveragePrecision">Of the ranking by score, 0 to 1; null without a fraud.</param>
/// <param name="AucRoc">The probability that a fraud scores above a genuine payment; null without either.</param>
/// <param name="RunId">The run that judged the week last; <c>/api/etl/runs/{id}</c> shows it.</param>
/// <param name="CheckedAt">When, UTC.</param>
internal sealed record RiskQuality(
    DateOnly WeekStart,
    long Payments,
    long Labelled,
    bool IsMature,
    long? Frauds,
    decimal? ReviewPrecision,
    decimal? ReviewRecall,
    decimal? ReviewFalsePositiveRate,
    decimal? BlockPrecision,
    decimal? BlockRecall,
    decimal? BlockFalsePositiveRate,
    decimal? AveragePrecision,
    decimal? AucRoc,
    long RunId,
    DateTime CheckedAt) : IExample<RiskQuality>
{
    /// <inheritdoc/>
    public static RiskQuality Example { get; } = new(
        new(2026, 1, 12), 42150, 391, true, 388, 0.512000m, 0.706000m, 0.006200m, 0.811000m, 0.402000m, 0.000900m, 0.701400m, 0.894100m, 41,
        new(2026, 1, 31, 2, 30, 9, DateTimeKind.Utc));

    /// <summary>Quality of decisions by week.</summary>
    /// <remarks>Precision, recall and false-positive rate of what was stopped, and how well scores rank, once a week's labels are due (<c>Quality:LabelDelay</c> after its end). A week without labels, or whose labels are not due, has null figures. Kept up to date every night. Newest first; <c>limit</c> pages it.</remarks>
    public static RowStream<RiskQuality> List(
        [FromQuery(Name = "from"), Description("First UTC day.")] DateOnly? from,
        [FromQuery(Name = "to"), Description("Last UTC day.")] DateOnly? to,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after) =>
        new(
            new RowQuery<RiskQuality>("pipeline.list_risk_quality(@from, @to)", new OrderColumn("week_start", Descending: true))
                .With("from", from)
                .With("to", to),
            limit,
            after);
}
