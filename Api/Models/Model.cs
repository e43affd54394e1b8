using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Models;

/// <summary>What the engine has learned at one time.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Kind">fraud: a forest, and trees that have learned from labels; forest: there were too few labels for such trees.</param>
/// <param name="Status">candidate: never live; live: scores go by it; retired: another took its place; rejected: it was not better than the live one, or was rolled back.</param>
/// <param name="TrainedFrom">It has learned from the payments from here on, UTC,</param>
/// <param name="TrainedUntil">up to, and not including, here, UTC.</param>
/// <param name="Payments">How many payments.</param>
/// <param name="Frauds">Those of them that were known to be fraud.</param>
/// <param name="Metrics">How it, and the model that was live then, did on later days that neither had seen; what 70 and 90 mean; how evidence weighs.</param>
/// <param name="Note">Why it was promoted, rejected or rolled back.</param>
/// <param name="SizeBytes">Of its stored form.</param>
/// <param name="RunId">The run that trained it.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="PromotedAt">When it went live, UTC.</param>
/// <param name="RetiredAt">When another took its place, UTC.</param>
internal sealed record Model(
    long Version,
    string Kind,
    string Status,
    DateTime TrainedFrom,
    DateTime TrainedUntil,
    long Payments,
    long Frauds,
    JsonElement Metrics,
    string? Note,
    long SizeBytes,
    long? RunId,
    DateTime CreatedAt,
    DateTime? PromotedAt,
    DateTime? RetiredAt) : IExample<Model>
{
    /// <inheritdoc/>
    public static Model Example { get; } = new(
        3, "fraud", "live", new(2025, 12, 28, 0, 0, 0, DateTimeKind.Utc), new(2026, 1, 18, 0, 0, 0, DateTimeKind.Utc), 150_000, 1_874,
        JsonElement.Parse("""{"candidate":{"auc":0.896,"average_precision":0.7512,"payments":66864,"frauds":633},"live":{"auc":0.891,"average_precision":0.7301,"payments":66864,"frauds":633},"live_version":2}"""),
        "Better: average precision 0.7512 beside 0.7301, AUC 0.8960 beside 0.8910 of version 2, on 633 frauds of later days.",
        412_310, 412, new(2026, 2, 1, 2, 0, 41, DateTimeKind.Utc), new(2026, 2, 1, 2, 0, 41, DateTimeKind.Utc), null);

    /// <summary>Models.</summary>
    /// <remarks>Every trained model, the newest first, with what it was measured by and what became of it.</remarks>
    public static RowStream<Model> List(
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        new(Query(), limit, after);

    /// <summary>One model.</summary>
    /// <remarks>With its training window, its metrics and what became of it.</remarks>
    public static async Task<Results<Ok<Model>, ProblemHttpResult>> GetAsync(
        [Description("The model's version.")] long version, Reader reader, CancellationToken cancellationToken) =>
        await FindAsync(version, reader, cancellationToken) is { } model ? TypedResults.Ok(model) : NotFound(version);

    /// <summary>The model, or null when there is none of this version.</summary>
    public static Task<Model?> FindAsync(long version, Reader reader, CancellationToken cancellationToken) =>
        reader.FindAsync(Query().Where("version = @version").With("version", version), cancellationToken);

    /// <summary>404 for an unknown model.</summary>
    public static ProblemHttpResult NotFound(long version) => Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"model {version}"));

    private static RowQuery<Model> Query() => new("pipeline.list_models()", new OrderColumn("version", Descending: true));
}
