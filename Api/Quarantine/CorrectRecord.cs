using System.ComponentModel;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Api.Reading;

namespace Payments.Api.Quarantine;

/// <summary>What a refused record should have said.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CorrectRequest : IExample<CorrectRequest>
{
    /// <inheritdoc/>
    public static CorrectRequest Example { get; } = new()
    {
        Values = new() { ["amount"] = JsonElement.Parse("\"12.00\""), ["currency"] = JsonElement.Parse("\"EUR\"") },
        Note = "confirmed by the sender",
    };

    /// <summary>Values by the profile's columns, written as the file writes them; an empty text or null empties a column. The others stay as they came.</summary>
    public Dictionary<string, JsonElement>? Values { get; init; }

    /// <summary>Why, for whoever looks at the record later; at most 1,000 characters.</summary>
    public string? Note { get; init; }

    /// <summary>insert or update; without it as the file was imported.</summary>
    public string? Mode { get; init; }
}

/// <summary><c>POST /api/quarantine/{import_id}/{record_number}/correct</c>.</summary>
internal static class CorrectRecord
{
    /// <summary>Corrects a refused record.</summary>
    /// <remarks>The record is read again from the spool, with the given values in place of its own, by an import that keeps its file, number and line. Values of earlier corrections stay unless they are given anew. Of a record that is broken as a whole (<c>row.quote</c> and the like) only the given values count. With <c>wait=true</c> the answer has the account, after at most 120 s.</remarks>
    public static async Task<Results<Ok<ReplayResult>, Accepted<ReplayResult>, ProblemHttpResult>> PostAsync(
        [FromRoute(Name = "import_id"), Description("The import that refused it.")] long importId,
        [FromRoute(Name = "record_number"), Description("Its number in the file, from 1, the header not counted.")] long recordNumber,
        CorrectRequest request,
        Replays replays,
        Reader reader,
        ClaimsPrincipal user,
        CancellationToken cancellationToken,
        [FromQuery(Name = "wait"), Description("true: answer when the record has been read again.")] bool wait = false)
    {
        RequestTexts.CheckNote("note", request.Note);
        ReplayRecords.CheckMode(request.Mode);
        if (await QuarantinedRecord.FindAsync(importId, recordNumber, reader, cancellationToken) is not { } record)
        {
            return QuarantinedRecord.NotFound(importId, recordNumber);
        }

        var number = recordNumber.ToString(CultureInfo.InvariantCulture);
        var corrections = JsonSerializer.Serialize(new Dictionary<string, object> { [number] = Checked(request.Values, record.Profile) });
        var selection = new ReplayRequest { ImportId = importId, Records = [recordNumber], Note = request.Note };
        var requested = await replays.RequestAsync(selection, request.Mode, corrections, user, cancellationToken);
        if (requested is not [{ IsNew: true }])
        {
            var obstacle = requested is [var other] ? string.Create(CultureInfo.InvariantCulture, $"import {other.ImportId} is reading it again")
                : record.Status == "open" ? "its file is not kept (no file with card numbers is); send it anew"
                : $"it is {record.Status}";
            return Problem.Of(StatusCodes.Status409Conflict, $"Record {number} cannot be corrected now: {obstacle}.");
        }

        return ReplayRecords.Any(await replays.AnswerAsync(requested, wait, cancellationToken));
    }

    private static Dictionary<string, string> Checked(Dictionary<string, JsonElement>? values, string profile) => values is { Count: > 0 }
        ? Corrections.Check(values.Select(value => KeyValuePair.Create(value.Key, TextOf(value.Key, value.Value))), profile, "values")
        : throw new InvalidParameterException("values", "is required: what each column should have said");

    private static string TextOf(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw new InvalidParameterException("values", $"has no single value for {name}"),
    };
}
