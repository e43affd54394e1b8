using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Reading;

namespace Payments.Api.Imports;

/// <summary>An entry of a drop folder that is left alone.</summary>
/// <param name="DropFolderId">Its folder; <c>/api/imports/drop-folder</c> lists them.</param>
/// <param name="Name">Its path within the folder; control characters escaped, card numbers masked, cut at 500 characters.</param>
/// <param name="Kind">folder (where a file should be), symbolic_link, hard_link, pipe, socket, device, invalid_name, in_use (for more than a minute) or unusable.</param>
/// <param name="Reason">Why it is left alone, and what to do.</param>
/// <param name="FirstSeenAt">When a sweep first found it, UTC.</param>
/// <param name="LastSeenAt">When a sweep last found it, UTC.</param>
internal sealed record DropFolderEntry(
    long DropFolderId,
    string Name,
    string Kind,
    string Reason,
    DateTime FirstSeenAt,
    DateTime LastSeenAt) : IExample<DropFolderEntry>
{
    /// <inheritdoc/>
    public static DropFolderEntry Example { get; } = new(
        1, "payments/latest.csv", "symbolic_link", "It is a link, and links are not followed. Put the file or the folder itself here, or remove the link.",
        new(2026, 1, 31, 5, 0, 0, DateTimeKind.Utc), new(2026, 1, 31, 6, 0, 0, DateTimeKind.Utc));

    /// <summary>Skipped entries of drop folders.</summary>
    /// <remarks>Only regular files are imported; the rest, and what cannot be read or moved, is listed with its reason until it is gone. By folder and name; <c>limit</c> pages it, and the Link header leads on.</remarks>
    public static RowStream<DropFolderEntry> List(
        [FromQuery(Name = "kind"), Description("Only entries of this kind."), AllowedValues("folder", "symbolic_link", "hard_link", "pipe", "socket", "device", "invalid_name", "in_use", "unusable")]
        string? kind,
        [FromQuery(Name = "limit"), Description("Rows of a page; all rows without it."), Range(1, 1000)] int? limit,
        [FromQuery(Name = "after"), Description("Where the page before ended, from its Link header.")] string? after) => new(
        new RowQuery<DropFolderEntry>("pipeline.list_drop_folder_entries(@kind)", new OrderColumn("drop_folder_id"), new OrderColumn("name")).With("kind", kind),
        limit,
        after);
}
