using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Etl;
using Payments.Api.Parameters;
using Payments.Api.Reading;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;

namespace Payments.Api.Imports;

/// <summary>A file that was received and will be imported.</summary>
/// <param name="Status">accepted.</param>
/// <param name="ImportId">The import; its Location tells how it goes.</param>
/// <param name="RunId">The run that does it.</param>
internal sealed record ImportAccepted(string Status, long ImportId, long RunId) : IExample<ImportAccepted>
{
    /// <inheritdoc/>
    public static ImportAccepted Example { get; } = new("accepted", 7, 12);
}

/// <summary><c>POST /api/imports</c>.</summary>
internal static class ReceiveImport
{
    /// <summary>Imports a file.</summary>
    /// <remarks>The file is the body (text/csv, text/plain or application/octet-stream), or the field <c>file</c> of a multipart form. It is streamed to durable storage before the answer; the worker does the rest. With <c>wait=true</c> the answer is the account, after at most 120 s.</remarks>
    public static async Task<Results<Accepted<ImportAccepted>, Ok<ImportAccount>, ProblemHttpResult>> PostAsync(
        [FromQuery(Name = "profile"), Description("The file's format: payments, customers, merchants, refunds, disputes or handbook.")] string profile,
        HttpRequest request,
        Uploads uploads,
        ImportIntake intake,
        RunWait runs,
        Reader reader,
        TimeProvider clock,
        CancellationToken cancellationToken,
        [FromQuery(Name = "mode"), Description("insert: a known payment with other content is a conflict. update: it moves along its lifecycle; so with refunds and disputes."), AllowedValues(ImportMode.Insert, ImportMode.Update)] string mode = ImportMode.Insert,
        [FromQuery(Name = "wait"), Description("true: answer when the import is done.")] bool wait = false)
    {
        if (!ImportProfiles.Offered.Contains(profile, StringComparer.Ordinal))
        {
            throw new InvalidParameterException("profile", $"must be one of {string.Join(", ", ImportProfiles.Offered)}");
        }

        var ticket = await uploads.ReceiveAsync(request.HttpContext, async token =>
        {
            var file = await UploadedFile.OpenAsync(request, token);
            return await intake.AcceptAsync(file.Content, new ImportRequest(profile, mode, file.Name, RunRequester.Api, IsGzip: file.IsGzip), token);
        });

        if (wait && await runs.ForAsync(ticket.RunId, cancellationToken) is { IsFinished: true } run)
        {
            return run.Succeeded
                ? TypedResults.Ok((await ImportAccount.FindAsync(ticket.ImportId, reader, clock, cancellationToken))!)
                : RunFailure.Of(ticket.RunId);
        }

        return TypedResults.Accepted(
            string.Create(CultureInfo.InvariantCulture, $"/api/imports/{ticket.ImportId}"),
            new ImportAccepted("accepted", ticket.ImportId, ticket.RunId));
    }
}
