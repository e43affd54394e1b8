using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Payments.Api.Etl;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Reading;
using Payments.Pipeline.Archive;
using Payments.Pipeline.Runs;

namespace Payments.Api.Archives;

/// <summary><c>POST /api/archives</c> and <c>POST /api/archives/{month}/restore</c>.</summary>
internal static class ArchiveMonth
{
    /// <summary>Archives a month of payments.</summary>
    /// <remarks>Writes it to a Parquet file, proves that equal, and takes the payments out of the database; reports over all time keep their figures. 409 says what holds a month. The answer is the run's Location.</remarks>
    public static async Task<Results<Accepted<RunAccepted>, ProblemHttpResult>> PostAsync(
        [FromQuery(Name = "month"), Description("A UTC month that is over, YYYY-MM.")] string month,
        RunQueue queue,
        NpgsqlDataSource database,
        TimeProvider clock,
        CancellationToken cancellationToken,
        [FromQuery(Name = "force"), Description("true: PENDING payments and those with open refunds or disputes go too.")] bool force = false)
    {
        var first = Parse(month);
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var obstacles = await ArchiveStage.FindObstaclesAsync(database, first, today, force, cancellationToken);
        return obstacles.Count > 0
            ? Problem.Of(StatusCodes.Status409Conflict, $"{month} cannot be archived: {string.Join("; ", obstacles)}.", ("obstacles", obstacles))
            : await RequestAsync(queue, database, RunKind.Archive, month, new { month, force }, cancellationToken);
    }

    /// <summary>Puts an archived month back.</summary>
    /// <remarks>Reads its files, proves them equal to what was archived, and makes their payments part of the database again. The files stay. The answer is the run's Location.</remarks>
    public static async Task<Results<Accepted<RunAccepted>, ProblemHttpResult>> RestoreAsync(
        [Description("A UTC month, YYYY-MM.")] string month,
        RunQueue queue,
        NpgsqlDataSource database,
        Reader reader,
        CancellationToken cancellationToken)
    {
        Parse(month);
        var archives = await reader.StreamAsync(Archive.Query(month), cancellationToken).ToListAsync(cancellationToken);
        return archives switch
        {
            [] => Problem.NotFound($"archive of {month}"),
            _ when archives.All(archive => archive.Status != "archived") =>
                Problem.Of(StatusCodes.Status409Conflict, $"The payments of {month} are in the database: there is nothing to restore."),
            _ => await RequestAsync(queue, database, RunKind.Restore, month, new { month }, cancellationToken),
        };
    }

    private static DateOnly Parse(string month) =>
        PaymentMonth.Parse(month) ?? throw new InvalidParameterException("month", "must be a month as YYYY-MM from 2000-01 on, for example 2025-01");

    // One run of a kind is active at a time, and requests join it: which is no answer where it does another month.
    private static async Task<Results<Accepted<RunAccepted>, ProblemHttpResult>> RequestAsync(
        RunQueue queue, NpgsqlDataSource database, string kind, string month, object parameters, CancellationToken cancellationToken)
    {
        var runId = await queue.RequestAsync(kind, $"api:{Guid.NewGuid()}", RunRequester.Api, parameters, cancellationToken);
        await using var command = database.CreateCommand("select pipeline.find_run_month($1)");
        command.Parameters.Add(new() { Value = runId });
        return await command.ExecuteScalarAsync(cancellationToken) is string other && other == month
            ? RunAccepted.At(runId)
            : Problem.Of(StatusCodes.Status409Conflict, $"Run {runId} is doing another month; ask again when it has ended.", ("run_id", runId));
    }
}
