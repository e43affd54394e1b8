using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using NpgsqlTypes;
using Payments.Api.Docs;
using Payments.Api.Etl;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Reading;
using Payments.Pipeline.Reconcile;
using Payments.Pipeline.Runs;

namespace Payments.Api.Reconciliation;

/// <summary>What is to be reconciled, and how.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ReconciliationOrder : IExample<ReconciliationOrder>
{
    /// <inheritdoc/>
    public static ReconciliationOrder Example { get; } = new() { DryRun = true, Level = "bank", From = new(2026, 1, 1), To = new(2026, 1, 31) };

    /// <summary>true: finds and reports everything, writes no match and completes no settlement.</summary>
    public bool DryRun { get; init; }

    /// <summary>payment, payout or bank; without it all three.</summary>
    public string? Level { get; init; }

    /// <summary>First UTC day; without it whatever has no counterpart yet.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last UTC day, included; without it there is none.</summary>
    public DateOnly? To { get; init; }
}

/// <summary>A count of what a reconciliation found, with its sums in one currency.</summary>
/// <param name="Level">payment, payout or bank.</param>
/// <param name="Outcome">matched, difference (opened, or changed), closed, proposal, or completed (settlements that the bank has paid).</param>
/// <param name="Class">Of a match its method, of a difference its class, of what was closed the reason.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="ItemCount">How many.</param>
/// <param name="ExpectedAmount">Our side.</param>
/// <param name="ActualAmount">The processor's or the bank's side.</param>
internal sealed record ReconciliationFigure(
    string Level,
    string Outcome,
    string Class,
    string Currency,
    long ItemCount,
    [property: Money] decimal ExpectedAmount,
    [property: Money] decimal ActualAmount) : IInCurrency;

/// <summary>A reconciliation: what it looks at, and how far it is.</summary>
/// <param name="RunId">The run; <c>/api/etl/runs/{id}</c> shows its steps.</param>
/// <param name="Status">queued, running, succeeded or failed.</param>
/// <param name="DryRun">Nothing was written: the figures tell what would have been.</param>
/// <param name="Level">payment, payout or bank; null: all three.</param>
/// <param name="FromDay">First UTC day; null: whatever had no counterpart.</param>
/// <param name="ToDay">Last UTC day; null: no last one.</param>
/// <param name="AsOf">The day by which it judges what is late.</param>
/// <param name="LinesExpected">Processor lines that had no match when it began.</param>
/// <param name="LinesDone">Of those done so far.</param>
/// <param name="StepsDone">Steps done, of six.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="FinishedAt">UTC; null while it goes on.</param>
internal sealed record ReconciliationRun(
    long RunId,
    string Status,
    bool DryRun,
    string? Level,
    DateOnly? FromDay,
    DateOnly? ToDay,
    DateOnly AsOf,
    long LinesExpected,
    long LinesDone,
    int StepsDone,
    DateTime StartedAt,
    DateTime? FinishedAt) : IExample<ReconciliationRun>
{
    private static readonly DateOnly First = new(2000, 1, 1);

    /// <inheritdoc/>
    public static ReconciliationRun Example { get; } = new(
        71, "succeeded", false, null, null, null, new(2026, 2, 1), 12_480, 12_480, 6,
        new(2026, 2, 1, 5, 0, 0, DateTimeKind.Utc), new(2026, 2, 1, 5, 0, 3, DateTimeKind.Utc));

    /// <summary>Reconciles.</summary>
    /// <remarks>Processor lines with payments, payouts with settlements, bank lines with payouts or settlements: exact first, then one with several, then proposals for a person. What the bank has paid is completed. It runs every day by itself, and after every import of a processor's or a bank's file. The answer is the run's Location; <c>/api/reconciliation/runs/{id}</c> tells how far it is. One runs at a time: 409 while another one does otherwise.</remarks>
    public static async Task<Results<Accepted<RunAccepted>, ProblemHttpResult>> PostAsync(
        ReconciliationOrder order, RunQueue queue, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var request = Checked(order);
        var runId = await queue.RequestAsync(RunKind.Reconciliation, $"api:{Guid.NewGuid()}", RunRequester.Api, request, cancellationToken);
        await using var command = database.CreateCommand("select pipeline.has_run_parameters($1, $2)");
        command.Parameters.Add(new() { Value = runId });
        command.Parameters.Add(new() { Value = RunJson.Write(request), NpgsqlDbType = NpgsqlDbType.Jsonb });
        return await command.ExecuteScalarAsync(cancellationToken) is true
            ? RunAccepted.At(runId)
            : Problem.Of(StatusCodes.Status409Conflict, $"Run {runId} is reconciling otherwise; ask again when it has ended.", ("run_id", runId));
    }

    /// <summary>Reconciliations.</summary>
    /// <remarks>Newest first, dry runs too. The Link header leads to older ones.</remarks>
    public static RowStream<ReconciliationRun> List(
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after,
        [FromQuery(Name = "limit"), Description("Rows of a page."), Range(1, 1000)] int limit = 100) =>
        new(Query<ReconciliationRun>(), limit, after);

    /// <summary>One reconciliation.</summary>
    /// <remarks>With what it found: counts and sums per level, outcome, class and currency.</remarks>
    public static async Task<Results<Ok<ReconciliationAccount>, ProblemHttpResult>> GetAsync(
        [Description("Its run.")] long id, Reader reader, CancellationToken cancellationToken)
    {
        if (await reader.FindAsync(Query<ReconciliationRun>().Where("run_id = @id").With("id", id), cancellationToken) is not { } run)
        {
            return Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"reconciliation {id}"));
        }

        var figures = await reader.StreamAsync(
            new RowQuery<ReconciliationFigure>("pipeline.list_reconciliation_figures(@id)").With("id", id), cancellationToken).ToListAsync(cancellationToken);
        return TypedResults.Ok(new ReconciliationAccount(run, figures));
    }

    private static RowQuery<T> Query<T>() => new("pipeline.list_reconciliations()", new OrderColumn("run_id", Descending: true));

    private static ReconcileRequest Checked(ReconciliationOrder order)
    {
        if (order.Level is not (null or ReconcileLevel.Payment or ReconcileLevel.Payout or ReconcileLevel.Bank)) throw new InvalidParameterException("level", "must be payment, payout or bank");
        if (order.From < First) throw new InvalidParameterException("from", "must be 2000-01-01 or later: nothing is older");
        if (order.To < First) throw new InvalidParameterException("to", "must be 2000-01-01 or later: nothing is older");
        if (order.To < order.From) throw new InvalidParameterException("to", "must not be before from");
        return new(order.DryRun, order.Level, order.From, order.To);
    }
}

/// <summary>A reconciliation with what it found.</summary>
/// <param name="Run">What it looks at, and how far it is.</param>
/// <param name="Figures">Counts and sums per level, outcome, class and currency.</param>
internal sealed record ReconciliationAccount(ReconciliationRun Run, IReadOnlyList<ReconciliationFigure> Figures) : IExample<ReconciliationAccount>
{
    /// <inheritdoc/>
    public static ReconciliationAccount Example { get; } = new(
        ReconciliationRun.Example,
        [
            new("bank", "completed", "", "USD", 41, 81_204.10m, 81_204.10m),
            new("bank", "matched", "reference", "USD", 40, 79_104.10m, 79_104.10m),
            new("payment", "difference", "fee", "USD", 2, 3.10m, 3.11m),
            new("payment", "matched", "reference", "USD", 12_478, 912_040.33m, 912_040.33m),
        ]);
}
