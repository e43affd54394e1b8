using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Imports;
using Payments.Api.Parameters;
using Payments.Api.Reading;
using Payments.Pipeline.Import;
using ImportAccount = Payments.Api.Imports.ImportAccount;

namespace Payments.Api.Quarantine;

/// <summary><c>POST /api/quarantine/correct</c>.</summary>
internal static class CorrectRecords
{
    /// <summary>A file as it is sent.</summary>
    public const string Example = "record_number,amount,currency\n41,12.00,EUR\n57,9.99,USD\n";

    /// <summary>Corrects refused records by a CSV file.</summary>
    /// <remarks>The file is the body, or the field <c>file</c> of a multipart form: the column <c>record_number</c> and any of the profile's columns, a line for each record, at most 10,000. Each of its values, blank ones too, stands for the record's own; columns that it does not have stay as they came. Open records only; the answer says how many are read again.</remarks>
    public static async Task<Results<Ok<ReplayResult>, Accepted<ReplayResult>, ProblemHttpResult>> PostAsync(
        [FromQuery(Name = "import_id"), Description("The import that refused the records.")] long importId,
        HttpRequest request,
        Replays replays,
        Uploads uploads,
        Reader reader,
        TimeProvider clock,
        ClaimsPrincipal user,
        CancellationToken cancellationToken,
        [FromQuery(Name = "note"), Description("Why, for whoever looks at the records later.")] string? note = null,
        [FromQuery(Name = "mode"), Description("insert or update; without it as the file was imported."), AllowedValues(ImportMode.Insert, ImportMode.Update)] string? mode = null,
        [FromQuery(Name = "wait"), Description("true: answer when the records have been read again.")] bool wait = false)
    {
        if (await ImportAccount.FindAsync(importId, reader, clock, cancellationToken) is not { } import) return ImportAccount.NotFound(importId);
        var corrections = await uploads.ReceiveAsync(request.HttpContext, token => ReadAsync(request, import.Profile ?? "", token));
        var selection = new ReplayRequest { ImportId = importId, Records = [.. corrections.Keys], Note = note };
        var requested = await replays.RequestAsync(selection, mode, JsonSerializer.Serialize(corrections), user, cancellationToken);
        return ReplayRecords.Any(await replays.AnswerAsync([.. requested.Where(replay => replay.IsNew)], wait, cancellationToken));
    }

    private static async Task<Dictionary<long, Dictionary<string, string>>> ReadAsync(HttpRequest request, string profile, CancellationToken cancellationToken)
    {
        var file = await UploadedFile.OpenAsync(request, cancellationToken);
        try
        {
            var lines = await CorrectionsFile.ReadAsync(file.Content, cancellationToken);
            return lines.ToDictionary(line => line.Key, line => Corrections.Check(line.Value, profile, "file"));
        }
        catch (InvalidDataException wrong)
        {
            throw new InvalidParameterException("file", wrong.Message);
        }
    }
}
