using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Reading;

namespace Payments.Api.Quarantine;

/// <summary>Open refused records to be dismissed, and why.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record DismissRequest : Selection, IExample<DismissRequest>
{
    /// <inheritdoc/>
    public static DismissRequest Example { get; } = new() { ImportId = 7, Records = [41, 57], Note = "test payments of the sender, agreed with Anna" };
}

/// <summary>What a dismissal did.</summary>
/// <param name="Dismissed">Records that were open and are dismissed now.</param>
/// <param name="UnderWay">Records that are being replayed, and were left to that.</param>
internal sealed record DismissResult(long Dismissed, long UnderWay) : IExample<DismissResult>
{
    /// <inheritdoc/>
    public static DismissResult Example { get; } = new(2, 0);
}

/// <summary><c>POST /api/quarantine/dismiss</c>.</summary>
internal static class DismissRecords
{
    /// <summary>Dismisses refused records.</summary>
    /// <remarks>The <c>note</c> says why, and is kept with the caller's name. Open records only; those that a replay is under way for are left to it. The account of their import stays as it is: they were refused.</remarks>
    public static async Task<Ok<DismissResult>> PostAsync(
        DismissRequest request, Reader reader, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        request.Check();
        if (string.IsNullOrWhiteSpace(request.Note)) throw new InvalidParameterException("note", "is required: it says why the records are dismissed");

        return TypedResults.Ok((await reader.FindAsync(
            new RowQuery<DismissResult>("pipeline.dismiss_records(@import, @reason, @records, @note, @by, @now)")
                .With("import", request.ImportId)
                .With("reason", request.Reason)
                .With("records", request.Records)
                .With("note", request.Note)
                .With("by", user.Identity?.Name)
                .With("now", clock.GetUtcNow().UtcDateTime),
            cancellationToken))!);
    }
}
