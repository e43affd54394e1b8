using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Assertions;
using Payments.Api.Docs;
using Payments.Api.Imports;
using Payments.Api.Problems;
using Payments.Api.Reading;
using Payments.Pipeline.Runs;

namespace Payments.Api.Etl;

/// <summary>A piece of work that was asked for.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Kind">etl, import, sla_check, partition_maintenance, initialize, remove_generated, assertions, archive, restore, recompute_settlements, alert_expiry, rescore, risk_quality, backtest or simulation.</param>
/// <param name="Status">queued, running, succeeded or failed.</param>
/// <param name="RequestedBy">api, schedule, drop_folder, first_run or command.</param>
/// <param name="Attempt">How often a worker has taken it up.</param>
/// <param name="RequestedAt">UTC.</param>
/// <param name="StartedAt">UTC; null while it is queued.</param>
/// <param name="FinishedAt">UTC; null until it has succeeded or failed.</param>
/// <param name="DurationMs">Milliseconds from start to end.</param>
/// <param name="Result">What a finished run counted.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="AssertionsFailed">Assertions about the data that do not hold after it: its records are loaded, but something needs a look. Null while none was evaluated.</param>
internal record Run(
    long RunId,
    string Kind,
    string Status,
    string RequestedBy,
    int Attempt,
    DateTime RequestedAt,
    DateTime? StartedAt,
    DateTime? FinishedAt,
    long? DurationMs,
    JsonElement? Result,
    string? Error,
    [property: JsonPropertyOrder(2)] long? AssertionsFailed) : IExample<Run>
{
    /// <inheritdoc/>
    public static Run Example { get; } = new(
        1, RunKind.Etl, "succeeded", RunRequester.Api, 1,
        new(2026, 1, 31, 6, 0, 0, DateTimeKind.Utc),
        new(2026, 1, 31, 6, 0, 0, 40, DateTimeKind.Utc),
        new(2026, 1, 31, 6, 0, 2, 140, DateTimeKind.Utc),
        2100,
        JsonElement.Parse("""{"records_loaded":{"customers":500,"merchants":50,"payments":5000,"settlements":2711},"records_added":{"customers":500,"merchants":50,"payments":5000,"settlements":2711}}"""),
        null,
        0);

    private static RowQuery<Run> Query(string? kind, string? status) =>
        new RowQuery<Run>("pipeline.list_runs(@kind, @status)", new OrderColumn("run_id", Descending: true))
            .With("kind", kind)
            .With("status", status);

    /// <summary>Runs.</summary>
    /// <remarks>Newest first, of every kind: ETL runs, imports, checks. The Link header leads to older ones.</remarks>
    public static RowStream<Run> List(
        [FromQuery(Name = "kind"), Description("Only runs of this kind."), AllowedValues(RunKind.Etl, RunKind.Import, RunKind.SlaCheck, RunKind.PartitionMaintenance, RunKind.Initialize, RunKind.RemoveGenerated, RunKind.Assertions, RunKind.Archive, RunKind.Restore, RunKind.RecomputeSettlements, RunKind.AlertExpiry, RunKind.Rescore, RunKind.RiskQuality, RunKind.Backtest, RunKind.TrainModel, RunKind.Simulation)] string? kind,
        [FromQuery(Name = "status"), Description("Only runs of this status."), AllowedValues("queued", "running", "succeeded", "failed")] string? status,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        new(Query(kind, status), limit, after);

    /// <summary>One run with its steps, assertions and imports.</summary>
    /// <remarks>Every stage with its counts, duration and error; of every attempt, where a worker died and another took over. And what the assertions about the data found at its end.</remarks>
    public static async Task<Results<Ok<RunAccount>, ProblemHttpResult>> GetAsync(
        [Description("The run.")] long id, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        await FindAsync(id, reader, clock, cancellationToken) is { } account ? TypedResults.Ok(account) : NotFound(id);

    /// <summary>The run with its steps, assertions and imports, or null when there is none of this id.</summary>
    public static async Task<RunAccount?> FindAsync(long id, Reader reader, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await reader.FindAsync(Query(null, null).Where("run_id = @id").With("id", id), cancellationToken) is not { } run) return null;
        var steps = new RowQuery<RunStep>("pipeline.list_run_steps(@id)", new("attempt"), new("step_number")).With("id", id);
        return new RunAccount(
            run,
            await reader.StreamAsync(steps, cancellationToken).ToListAsync(cancellationToken),
            await reader.StreamAsync(AssertionResult.OfRun(id), cancellationToken).ToListAsync(cancellationToken),
            await reader.StreamAsync(ImportAccount.OfRun(id, clock), cancellationToken).ToListAsync(cancellationToken));
    }

    /// <summary>404 for an unknown run.</summary>
    public static ProblemHttpResult NotFound(long id) => Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"run {id}"));
}

/// <summary>A run with the stages that it went through and what is to be said about the data after it.</summary>
internal sealed record RunAccount : Run, IExample<RunAccount>
{
    /// <summary>Adds steps, assertions and imports to a run.</summary>
    public RunAccount(Run run, IReadOnlyList<RunStep> steps, IReadOnlyList<AssertionResult> assertions, IReadOnlyList<ImportAccount> imports)
        : base(run) => (Steps, Assertions, Imports) = (steps, assertions, imports);

    /// <inheritdoc/>
    public static new RunAccount Example { get; } = new(
        Run.Example,
        [new(1, 1, "generate", "succeeded", 0, 5550, Run.Example.StartedAt!.Value, Run.Example.FinishedAt, 310, null)],
        [AssertionResult.Example],
        [ImportAccount.Example]);

    /// <summary>The stages in order; of every attempt.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyList<RunStep> Steps { get; }

    /// <summary>What each assertion found at the end of the run; those that say nothing about it are left out.</summary>
    [JsonPropertyOrder(3)]
    public IReadOnlyList<AssertionResult> Assertions { get; }

    /// <summary>The files that the run imports, with how far each is: percent, rows_per_second, seconds_left.</summary>
    [JsonPropertyOrder(4)]
    public IReadOnlyList<ImportAccount> Imports { get; }
}

/// <summary>A stage of a run.</summary>
/// <param name="Attempt">Which claim of the run it belongs to, from 1.</param>
/// <param name="StepNumber">Its place in the attempt, from 1.</param>
/// <param name="Stage">The stage's word: generate, import, validate, score, load, settle, ….</param>
/// <param name="Status">running, succeeded or failed.</param>
/// <param name="RowsIn">Records or rows that it was given.</param>
/// <param name="RowsOut">Records or rows that it passed on or wrote.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="FinishedAt">UTC; null while it runs.</param>
/// <param name="DurationMs">Milliseconds spent in it; stages that take turns per batch overlap.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record RunStep(
    int Attempt,
    int StepNumber,
    string Stage,
    string Status,
    long RowsIn,
    long RowsOut,
    DateTime StartedAt,
    DateTime? FinishedAt,
    long? DurationMs,
    string? Error);
