using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Assertions;

/// <summary>What an assertion about the data found.</summary>
/// <param name="Assertion">Its name.</param>
/// <param name="Severity">What it means when it does not hold: error marks the run, warning asks for a look.</param>
/// <param name="Status">passed; failed; warned, where a warning does not hold.</param>
/// <param name="Observed">What is.</param>
/// <param name="Expected">What should be.</param>
/// <param name="Detail">Where it does not hold, or why it could not be evaluated; null when it holds.</param>
/// <param name="Description">What it asserts.</param>
/// <param name="RunId">The run at whose end it was evaluated; <c>/api/etl/runs/{id}</c> shows it.</param>
/// <param name="CheckedAt">UTC.</param>
internal sealed record AssertionResult(
    string Assertion,
    string Severity,
    string Status,
    string? Observed,
    string? Expected,
    string? Detail,
    string? Description,
    long RunId,
    DateTime CheckedAt) : IExample<AssertionResult>
{
    /// <inheritdoc/>
    public static AssertionResult Example { get; } = new(
        "unique_payments", "error", "passed", "0 payments without their key", "0 payments without their key", null,
        "Each payment of the run holds the key of its id, so that no id is there twice.", 1, new(2026, 1, 31, 6, 0, 2, 100, DateTimeKind.Utc));

    /// <summary>What the assertions found at the end of a run, in the order of their names.</summary>
    public static RowQuery<AssertionResult> OfRun(long runId) =>
        new RowQuery<AssertionResult>("pipeline.list_run_assertions(@id)", new OrderColumn("assertion")).With("id", runId);

    /// <summary>What each assertion found last.</summary>
    /// <remarks>By name. Most are evaluated after each ETL run and import, about what it touched; those named after whole tables every night, while the store is small, and on request. Complete and streamed; <c>limit</c> pages it, and the Link header leads on.</remarks>
    public static RowStream<AssertionResult> List(
        [FromQuery(Name = "severity"), Description("Only assertions of this severity."), AllowedValues("error", "warning")] string? severity,
        [FromQuery(Name = "status"), Description("Only those that were last found so."), AllowedValues("passed", "warned", "failed")] string? status,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after) =>
        new(
            new RowQuery<AssertionResult>("pipeline.list_latest_assertions(@severity, @status)", new OrderColumn("assertion"))
                .With("severity", severity)
                .With("status", status),
            limit,
            after);
}
