using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Docs;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Imports;

/// <summary>The account of an import: <c>read = accepted + duplicates + rejected</c> at every moment.</summary>
/// <param name="ImportId">The import.</param>
/// <param name="Status">queued, running, completed, rejected (the whole file) or failed.</param>
/// <param name="Profile">The file's format; null until the file has been looked at, where nobody named it.</param>
/// <param name="Read">Records read so far.</param>
/// <param name="Accepted">Records now in the store because of this import.</param>
/// <param name="Duplicates">Records that the store had already, with the same content.</param>
/// <param name="Rejected">Records refused; <c>/rejected</c> lists them.</param>
/// <param name="ByReason">Refused records by their first reason.</param>
/// <param name="FileRejected">Why the whole file was refused; null when it was read.</param>
/// <param name="Warnings">What was noticed and let pass.</param>
/// <param name="RowsPerSecond">Records read per second.</param>
/// <param name="RunId">The run that does it; <c>/api/etl/runs/{id}</c> shows its steps.</param>
/// <param name="Mode">insert or update.</param>
/// <param name="FileName">What the sender calls the file.</param>
/// <param name="SizeBytes">The file's size.</param>
/// <param name="FileRejectedDetail">More about why the file was refused.</param>
/// <param name="ReceivedAt">UTC.</param>
/// <param name="StartedAt">UTC; null while it is queued.</param>
/// <param name="FinishedAt">UTC; null until it is done.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="RejectedOpen">Of the rejected: still to be corrected, replayed or dismissed; see <c>/api/quarantine</c>. Of a replay 0: what it refused again is open in the import that it replays.</param>
/// <param name="RejectedReplayed">Of the rejected: taken since by a replay.</param>
/// <param name="RejectedDismissed">Of the rejected: dismissed by somebody.</param>
/// <param name="ReplaysImportId">The import whose refused records this one reads again; null: it reads a file as a whole.</param>
/// <param name="BytesRead">How far the file, as it was sent, has been read and loaded.</param>
/// <param name="Percent">The same in percent of the file's size; null for an empty file.</param>
/// <param name="SecondsLeft">Estimated from what is done so far; null while that tells nothing, and when it does not run.</param>
/// <param name="ProfileVersion">The version of the profile that the file was read by; null until it has been looked at.</param>
/// <param name="Compression">gzip or zip, as the sender declared it.</param>
internal sealed record ImportAccount(
    long ImportId,
    string Status,
    string? Profile,
    long Read,
    long Accepted,
    long Duplicates,
    long Rejected,
    JsonElement ByReason,
    string? FileRejected,
    string[] Warnings,
    long RowsPerSecond,
    long? RunId,
    string Mode,
    string? FileName,
    long SizeBytes,
    string? FileRejectedDetail,
    DateTime ReceivedAt,
    DateTime? StartedAt,
    DateTime? FinishedAt,
    string? Error,
    long RejectedOpen,
    long RejectedReplayed,
    long RejectedDismissed,
    long? ReplaysImportId,
    long BytesRead,
    decimal? Percent,
    long? SecondsLeft,
    int? ProfileVersion,
    string? Compression) : IExample<ImportAccount>
{
    /// <inheritdoc/>
    public static ImportAccount Example { get; } = new(
        7, "completed", "payments", 1000, 990, 4, 6, JsonElement.Parse("""{"currency.unknown":4,"customer_id.unknown":2}"""), null, [], 41_200, 12,
        "insert", "january.csv", 88_210, null,
        new(2026, 1, 31, 8, 0, 0, DateTimeKind.Utc), new(2026, 1, 31, 8, 0, 0, 30, DateTimeKind.Utc), new(2026, 1, 31, 8, 0, 0, 54, DateTimeKind.Utc), null,
        6, 0, 0, null, 88_210, 100.0m, null, 1, null);

    /// <summary>The account of an import, or null when there is none of this id.</summary>
    public static Task<ImportAccount?> FindAsync(long id, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        reader.FindAsync(
            new RowQuery<ImportAccount>("pipeline.get_import_account(@id, @now)").With("id", id).With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken);

    /// <summary>The accounts of a run's imports.</summary>
    public static RowQuery<ImportAccount> OfRun(long runId, TimeProvider clock) =>
        new RowQuery<ImportAccount>("pipeline.list_run_imports(@id, @now)", new OrderColumn("import_id")).With("id", runId).With("now", clock.GetUtcNow().UtcDateTime);

    /// <summary>The account of an import.</summary>
    /// <remarks>Also while it runs: the counts grow batch by batch.</remarks>
    public static async Task<Results<Ok<ImportAccount>, ProblemHttpResult>> GetAsync(
        [Description("The import.")] long id, Reader reader, TimeProvider clock, CancellationToken cancellationToken) =>
        await FindAsync(id, reader, clock, cancellationToken) is { } account ? TypedResults.Ok(account) : NotFound(id);

    /// <summary>404 for an unknown import.</summary>
    public static ProblemHttpResult NotFound(long id) => Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"import {id}"));
}
