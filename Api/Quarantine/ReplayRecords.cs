using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Etl;
using Payments.Api.Parameters;
using Payments.Api.Reading;
using Payments.Pipeline.Import;
using ImportAccount = Payments.Api.Imports.ImportAccount;

namespace Payments.Api.Quarantine;

/// <summary>Open refused records to be read again.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ReplayRequest : Selection, IExample<ReplayRequest>
{
    /// <inheritdoc/>
    public static ReplayRequest Example { get; } = new() { ImportId = 7, Reason = "customer_id.unknown", Note = "the customers came with import 8" };

    /// <summary>insert or update; without it as the file was imported.</summary>
    public string? Mode { get; init; }
}

/// <summary>An import that reads refused records of one file again.</summary>
/// <param name="ImportId">The import; <c>/api/imports/{id}</c> shows its account.</param>
/// <param name="RunId">The run that does it.</param>
/// <param name="ReplaysImportId">The import that refused the records.</param>
/// <param name="Records">How many of the selection it reads.</param>
/// <param name="IsNew">False: it was under way for them already.</param>
internal sealed record Replay(long ImportId, long RunId, long ReplaysImportId, long Records, bool IsNew)
{
    /// <summary>What it did; null while nobody waits for it, or it still runs.</summary>
    public ImportAccount? Account { get; init; }
}

/// <summary>What a replay was asked for, and does.</summary>
/// <param name="Status">accepted, or completed when all of it was waited for.</param>
/// <param name="Records">Records that are read again.</param>
/// <param name="Replays">One import per file.</param>
internal sealed record ReplayResult(string Status, long Records, IReadOnlyList<Replay> Replays) : IExample<ReplayResult>
{
    /// <inheritdoc/>
    public static ReplayResult Example { get; } = new("accepted", 212, [new(9, 14, 7, 212, true)]);
}

/// <summary>Asks for replays and waits for them.</summary>
internal sealed class Replays(Reader reader, RunWait runs, TimeProvider clock)
{
    /// <summary>Asks for open refused records to be read again; those that a replay is under way for already are left to it.</summary>
    public async Task<IReadOnlyList<Replay>> RequestAsync(
        Selection selection, string? mode, string? corrections, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await reader.StreamAsync(
            new RowQuery<Replay>(
                    "pipeline.replay_records(@import, @reason, @records, @mode, @corrections::jsonb, @note, @by, @trace, @now)",
                    new OrderColumn("import_id"))
                .With("import", selection.ImportId)
                .With("reason", selection.Reason)
                .With("records", selection.Records)
                .With("mode", mode)
                .With("corrections", corrections)
                .With("note", selection.Note)
                .With("by", user.Identity?.Name)
                .With("trace", Activity.Current?.Id)
                .With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken).ToListAsync(cancellationToken);

    /// <summary>The answer: at once, or when all of them are done.</summary>
    public async Task<Results<Ok<ReplayResult>, Accepted<ReplayResult>>> AnswerAsync(
        IReadOnlyList<Replay> replays, bool wait, CancellationToken cancellationToken)
    {
        var records = replays.Sum(replay => replay.Records);
        var isDone = wait || replays.Count == 0;
        if (wait)
        {
            var waiting = replays.Select(async replay => await runs.ForAsync(replay.RunId, cancellationToken) is { IsFinished: true }
                ? replay with { Account = await ImportAccount.FindAsync(replay.ImportId, reader, clock, cancellationToken) }
                : replay);
            replays = await Task.WhenAll(waiting);
            isDone = replays.All(replay => replay.Account is not null);
        }

        return isDone
            ? TypedResults.Ok(new ReplayResult("completed", records, replays))
            : TypedResults.Accepted(
                string.Create(CultureInfo.InvariantCulture, $"/api/imports/{replays[0].ImportId}"), new ReplayResult("accepted", records, replays));
    }
}

/// <summary><c>POST /api/quarantine/replay</c>.</summary>
internal static class ReplayRecords
{
    /// <summary>Reads refused records again.</summary>
    /// <remarks>As they are, for example when the unknown customer has been imported since: each file by an import of its own that takes the records from the spool, under their numbers and lines. Open records only; those that a replay is under way for already are left to it, and the answer names it. A record that is refused again stays open with its newest reasons. With <c>wait=true</c> the answer has the accounts, after at most 120 s.</remarks>
    public static async Task<Results<Ok<ReplayResult>, Accepted<ReplayResult>>> PostAsync(
        ReplayRequest request,
        Replays replays,
        ClaimsPrincipal user,
        CancellationToken cancellationToken,
        [FromQuery(Name = "wait"), Description("true: answer when the replays are done.")] bool wait = false)
    {
        request.Check();
        CheckMode(request.Mode);
        return await replays.AnswerAsync(
            await replays.RequestAsync(request, request.Mode, null, user, cancellationToken), wait, cancellationToken);
    }

    /// <summary>The answer of a call that may also end in a problem.</summary>
    public static Results<Ok<ReplayResult>, Accepted<ReplayResult>, ProblemHttpResult> Any(Results<Ok<ReplayResult>, Accepted<ReplayResult>> answer) =>
        answer.Result is Ok<ReplayResult> done ? done : (Accepted<ReplayResult>)answer.Result;

    /// <summary>Refuses a mode that imports do not have.</summary>
    /// <exception cref="InvalidParameterException">It is one.</exception>
    public static void CheckMode(string? mode)
    {
        if (mode is not (null or ImportMode.Insert or ImportMode.Update))
        {
            throw new InvalidParameterException("mode", $"must be {ImportMode.Insert} or {ImportMode.Update}");
        }
    }
}
