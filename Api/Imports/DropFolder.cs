using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Imports;

/// <summary>A drop folder and how its sweeps go.</summary>
/// <param name="DropFolderId">Its id.</param>
/// <param name="Host">The host of the worker that watches it.</param>
/// <param name="Path">Where it is on that host.</param>
/// <param name="Status">watching; failed: the last sweep failed, or one of the folders intake, done and failed cannot be used; stuck: a sweep has come no further for <c>Drop:StuckAfter</c>; silent: no worker has said anything for two minutes.</param>
/// <param name="Error">Why it is failed or stuck.</param>
/// <param name="SweepStartedAt">When the last sweep started, UTC.</param>
/// <param name="SweepEndedAt">When a sweep last ended, UTC.</param>
/// <param name="ReportedAt">When the worker last said so, UTC; it does when something changes, and every 30 seconds.</param>
/// <param name="SkippedCount">Entries that are left alone; <c>/api/imports/drop-folder/entries</c> lists the first thousand.</param>
internal sealed record DropFolder(
    long DropFolderId,
    string Host,
    string Path,
    string Status,
    string? Error,
    DateTime? SweepStartedAt,
    DateTime? SweepEndedAt,
    DateTime ReportedAt,
    int SkippedCount) : IExample<DropFolder>
{
    /// <inheritdoc/>
    public static DropFolder Example { get; } = new(
        1, "worker-1", "/var/lib/payments/drop", "watching", null,
        new(2026, 1, 31, 6, 0, 0, DateTimeKind.Utc), new(2026, 1, 31, 6, 0, 0, 12, DateTimeKind.Utc), new(2026, 1, 31, 6, 0, 1, DateTimeKind.Utc), 1);

    /// <summary>Drop folders.</summary>
    /// <remarks>Each folder that a worker has watched in the last week, with how its sweeps go. Complete and streamed; <c>limit</c> pages it, and the Link header leads on.</remarks>
    public static RowStream<DropFolder> List(
        TimeProvider clock,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after) => new(
        new RowQuery<DropFolder>("pipeline.list_drop_folders(@now)", new OrderColumn("drop_folder_id")).With("now", clock.GetUtcNow().UtcDateTime),
        limit,
        after);
}
