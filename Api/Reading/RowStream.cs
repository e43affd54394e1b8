using System.Net.Mime;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using HttpJsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Payments.Api.Reading;

/// <summary>An array of rows as the answer: complete and streamed, or one page of it with a <c>Link</c> to the next.</summary>
/// <param name="query">The rows, in a total order.</param>
/// <param name="limit">Rows of a page; null for all of them.</param>
/// <param name="after">Where the page before ended; null for the first.</param>
/// <param name="write">Writes the rows; null for JSON.</param>
internal sealed class RowStream<TRow>(
    RowQuery<TRow> query,
    int? limit = null,
    string? after = null,
    Func<HttpResponse, IAsyncEnumerable<TRow>, Task>? write = null) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => builder.Metadata.Add(
        new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(IEnumerable<TRow>), [MediaTypeNames.Application.Json]));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var cancellation = httpContext.RequestAborted;
        var reader = httpContext.RequestServices.GetRequiredService<Reader>();
        query.After(after);

        if (limit is { } size)
        {
            // One row more tells whether there is a next page.
            var page = await reader.StreamAsync(query.Take(size + 1), cancellation).ToListAsync(cancellation);
            if (page.Count > size)
            {
                page.RemoveAt(size);
                NextPage.Announce(httpContext, query.CursorAt(page[^1]));
            }

            await (write ?? WriteJsonAsync)(httpContext.Response, page.ToAsyncEnumerable());
            return;
        }

        // The first row is read before the answer begins, so that a database that is away is still a 503.
        await using var rows = new Started<TRow>(reader.StreamAsync(query, cancellation).GetAsyncEnumerator(cancellation));
        await rows.StartAsync();
        await (write ?? WriteJsonAsync)(httpContext.Response, rows.RestAsync());
    }

    private static Task WriteJsonAsync(HttpResponse response, IAsyncEnumerable<TRow> rows)
    {
        var context = response.HttpContext;
        var json = context.RequestServices.GetRequiredService<IOptions<HttpJsonOptions>>().Value.SerializerOptions;
        response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(response.BodyWriter, rows, json, context.RequestAborted);
    }
}
