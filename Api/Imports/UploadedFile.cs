using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Payments.Pipeline.Import;

namespace Payments.Api.Imports;

/// <summary>The file in a request, as a stream that has not been read.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="Name">What the sender calls it, if it says.</param>
/// <param name="Compression">What the sender declares it to be (<c>Content-Encoding</c>, <c>Content-Type</c>; the name may declare it too).</param>
internal sealed record UploadedFile(Stream Content, string? Name, Compression Compression)
{
    /// <summary>The form's field that holds the file.</summary>
    public const string Field = "file";

    private const int LongestBoundary = 70;

    // The last one is what curl --data-binary says of any file when it is not told better.
    private static readonly string[] RawTypes =
    [
        "text/csv", "text/plain", "application/csv", "application/json", "application/x-ndjson", "application/jsonl", "application/gzip",
        "application/zip", "application/octet-stream", "application/x-gzip", "application/x-zip-compressed", "application/x-www-form-urlencoded",
    ];

    /// <summary>Finds the file; nothing of it is buffered.</summary>
    /// <exception cref="BadHttpRequestException">There is none (400), or the body is of a kind that holds none (415).</exception>
    public static async Task<UploadedFile> OpenAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var given) ? given : null;
        if (type is not null && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            return await OpenFieldAsync(type, request.Body, cancellationToken);
        }

        if (!string.IsNullOrEmpty(request.ContentType) && !RawTypes.Contains(type?.MediaType.Value, StringComparer.OrdinalIgnoreCase))
        {
            throw new BadHttpRequestException(
                $"Send the file as {string.Join(", ", RawTypes)}, or as the field '{Field}' of multipart/form-data (curl: -H 'Content-Type: text/csv').",
                StatusCodes.Status415UnsupportedMediaType);
        }

        return request.Headers.ContentEncoding.ToString() switch
        {
            "" or "identity" => new(request.Body, null, CompressionOf(type?.MediaType.Value)),
            "gzip" => new(request.Body, null, Compression.Gzip),
            _ => throw new BadHttpRequestException("Content-Encoding may be gzip.", StatusCodes.Status415UnsupportedMediaType),
        };
    }

    private static Compression CompressionOf(string? type) => type?.ToLowerInvariant() switch
    {
        "application/gzip" or "application/x-gzip" => Compression.Gzip,
        "application/zip" or "application/x-zip-compressed" => Compression.Zip,
        _ => Compression.None,
    };

    private static async Task<UploadedFile> OpenFieldAsync(MediaTypeHeaderValue type, Stream body, CancellationToken cancellationToken)
    {
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary);
        if (boundary.Length is 0 or > LongestBoundary)
        {
            throw new BadHttpRequestException("The multipart body's boundary is missing or too long.");
        }

        try
        {
            var sections = new MultipartReader(boundary.Value!, body);
            while (await sections.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
                    && HeaderUtilities.RemoveQuotes(disposition.Name).Equals(Field, StringComparison.Ordinal))
                {
                    var name = disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName;
                    var partType = MediaTypeHeaderValue.TryParse(section.ContentType, out var part) ? part.MediaType.Value : null;
                    return new(section.Body, HeaderUtilities.RemoveQuotes(name).Value, CompressionOf(partType));
                }
            }
        }
        catch (Exception error) when (error is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw new BadHttpRequestException("The multipart body is not well-formed.", error);
        }

        throw new BadHttpRequestException($"The form has no field '{Field}' with the file.");
    }
}
