using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using NpgsqlTypes;
using Payments.Api.Docs;
using Payments.Api.Etl;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Pipeline.Rescore;
using Payments.Pipeline.Runs;

namespace Payments.Api.Rescores;

/// <summary>Which stored payments are to be scored anew, and how.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RescoreOrder : IExample<RescoreOrder>
{
    /// <inheritdoc/>
    public static RescoreOrder Example { get; } = new() { From = new(2025, 11, 1), To = new(2026, 1, 31), DryRun = true };

    /// <summary>First UTC day.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last UTC day, included.</summary>
    public DateOnly? To { get; init; }

    /// <summary>true: tells what would change, and changes nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>true: raises alerts for payments that need a look now and are in no alert.</summary>
    public bool RaiseAlerts { get; init; }
}

/// <summary><c>POST /api/risk/rescore</c>.</summary>
internal static class RequestRescore
{
    private static readonly DateOnly First = new(2000, 1, 1);

    /// <summary>Scores history anew.</summary>
    /// <remarks>The stored payments of these days, by the rules and models of now, each with the features of its own instant. What changed is written back, rollups included; flags of analysts and lists stay. Payments of archived months are left out: restore them first. The answer is the run's Location; <c>/api/risk/rescores/{id}</c> tells how far it is. One rescore runs at a time: 409 while another one does.</remarks>
    public static async Task<Results<Accepted<RunAccepted>, ProblemHttpResult>> PostAsync(
        RescoreOrder order, RunQueue queue, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var request = Checked(order);
        var runId = await queue.RequestAsync(RunKind.Rescore, $"api:{Guid.NewGuid()}", RunRequester.Api, request, cancellationToken);
        await using var command = database.CreateCommand("select pipeline.has_run_parameters($1, $2)");
        command.Parameters.Add(new() { Value = runId });
        command.Parameters.Add(new() { Value = RunJson.Write(request), NpgsqlDbType = NpgsqlDbType.Jsonb });
        return await command.ExecuteScalarAsync(cancellationToken) is true
            ? RunAccepted.At(runId)
            : Problem.Of(StatusCodes.Status409Conflict, $"Run {runId} is scoring other days, or otherwise; ask again when it has ended.", ("run_id", runId));
    }

    private static RescoreRequest Checked(RescoreOrder order)
    {
        const string example = "a date as YYYY-MM-DD, for example 2026-01-31";
        var from = order.From ?? throw new InvalidParameterException("from", $"is required: {example}");
        var to = order.To ?? throw new InvalidParameterException("to", $"is required: {example}");
        if (from < First) throw new InvalidParameterException("from", "must be 2000-01-01 or later: no payment is older");
        if (to < from) throw new InvalidParameterException("to", "must not be before from");
        if (order is { DryRun: true, RaiseAlerts: true }) throw new InvalidParameterException("raise_alerts", "goes not with dry_run, which changes nothing");
        return new(from, to, order.DryRun, order.RaiseAlerts);
    }
}
