using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Payments.Api.Docs;

/// <summary>OpenAPI 3.1 at /openapi/v1.json, and Scalar, which shows it, at /docs; both from this process, nothing from elsewhere.</summary>
internal static class ApiDescription
{
    /// <summary>Adds the description of the API.</summary>
    public static WebApplicationBuilder AddApiDescription(this WebApplicationBuilder builder)
    {
        builder.Services.AddOpenApi(options =>
        {
            options.AddDocumentTransformer((document, _, _) => Describe(document));
            options.AddDocumentTransformer(Security.DescribeAsync);
            options.AddOperationTransformer(Operations.DescribeAsync);
            options.AddOperationTransformer(Security.DescribeAsync);
            options.AddSchemaTransformer(Schemas.DescribeAsync);
        });
        return builder;
    }

    /// <summary>Maps the document and the page.</summary>
    public static void MapApiDescription(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi().AllowAnonymous();
        app.MapScalarApiReference("/docs", scalar => scalar
            .WithTitle("Payments API")
            .WithDefaultHttpClient(ScalarTarget.Shell, ScalarClient.Curl)
            .HideDeveloperTools()
            // It leads to client.scalar.com, and hands it the document's address.
            .HideClientButton()
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .DisableMcp()).AllowAnonymous();
        app.MapGet("/", () => TypedResults.Redirect("/docs")).AllowAnonymous().ExcludeFromDescription();
    }

    private static Task Describe(OpenApiDocument document)
    {
        document.Info = new()
        {
            Title = "Payments API",
            Version = "v1",
            Description = """
                Analytics and risk monitoring of payments.

                - JSON is snake_case. Money is a number with exactly its currency's digits; currencies are never added up. Days are UTC days.
                - Lists are complete and streamed. `limit` pages them; the `Link` header (`rel="next"`) leads to the next page.
                - Errors are problem details (RFC 9457). A bad parameter is a 400 that names it; while the database is away the answer is a 503 with `Retry-After`.
                - A key is sent in the header `X-Api-Key` or as `Authorization: Bearer`. In development a server that listens on loopback only needs none.
                """,
        };
        foreach (var server in document.Servers ?? [])
        {
            // Paths begin with a slash.
            server.Url = server.Url?.TrimEnd('/');
        }

        document.Tags = ApiTags.All.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }).ToHashSet();
        return Task.CompletedTask;
    }
}
