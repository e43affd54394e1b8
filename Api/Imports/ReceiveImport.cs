using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Payments.Api.Docs;
using Payments.Api.Etl;
using Payments.Api.Parameters;
using Payments.Api.Problems;
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
    /// <summary>A file as it is sent.</summary>
    public const string Example = "customer_id,customer_name,country\nCUST-0042,Ada Example,Austria\n";

    private const string KeyHeader = "Idempotency-Key";
    private const int LongestKey = 100;

    /// <summary>Imports a file.</summary>
    /// <remarks>The file is the body (CSV, JSON Lines, JSON; gzip and zip where the type or the name says so), or the field <c>file</c> of a multipart form. It is streamed to durable storage before the answer; the worker does the rest. With <c>wait=true</c> the answer is the account, after at most 120 s.</remarks>
    public static async Task<Results<Accepted<ImportAccepted>, Ok<ImportAccount>, ProblemHttpResult>> PostAsync(
        HttpRequest request,
        Uploads uploads,
        ImportIntake intake,
        RunWait runs,
        Reader reader,
        TimeProvider clock,
        CancellationToken cancellationToken,
        [FromQuery(Name = "profile"), Description("The file's format, one of GET /api/imports/profiles, or 'stripe' for any of Stripe's; without it the file's header or keys tell.")] string? profile = null,
        [FromQuery(Name = "mode"), Description("insert: a known payment with other content is a conflict. update: it moves along its lifecycle; so with refunds and disputes."), AllowedValues(ImportMode.Insert, ImportMode.Update)] string mode = ImportMode.Insert,
        [FromHeader(Name = KeyHeader), Description("Names this request, 1 to 100 visible ASCII characters: sent again with the same file, it is the same import. Without it every request is an import of its own.")] string? key = null,
        [FromQuery(Name = "wait"), Description("true: answer when the import is done.")] bool wait = false)
    {
        if (profile is not null && !ImportProfiles.Offered.Contains(profile, StringComparer.Ordinal))
        {
            throw new InvalidParameterException("profile", $"must be one of {string.Join(", ", ImportProfiles.Offered)}");
        }

        if (key is not null && (key.Length is 0 or > LongestKey || key.Any(character => character is < '!' or > '~')))
        {
            throw new InvalidParameterException(KeyHeader, $"must be 1 to {LongestKey} visible ASCII characters");
        }

        var ticket = await uploads.ReceiveAsync(request.HttpContext, async token =>
        {
            var file = await UploadedFile.OpenAsync(request, token);
            return await intake.AcceptAsync(file.Content, new ImportRequest(profile, mode, file.Name, RunRequester.Api, RequestKey(request, key), file.Compression), token);
        });
        if (!ticket.IsOfThisFile)
        {
            return Problem.Of(
                StatusCodes.Status422UnprocessableEntity,
                $"{KeyHeader} '{key}' was used for another file, profile or mode (import {ticket.ImportId}): give this one a key of its own.");
        }

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

    // Of two callers with the same key neither gets the other's import.
    private static string? RequestKey(HttpRequest request, string? key) => key is null ? null : $"api:{request.HttpContext.User.Identity?.Name}:{key}";
}
