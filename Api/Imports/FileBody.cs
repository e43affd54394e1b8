using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace Payments.Api.Imports;

/// <summary>An endpoint whose body is a file of any size.</summary>
internal static class FileBody
{
    /// <summary>Documents the body, which the handler reads by itself; the example is a small file of CSV.</summary>
    public static RouteHandlerBuilder WithFileBody(this RouteHandlerBuilder endpoint, string example) => endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        var raw = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        var form = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema> { [UploadedFile.Field] = raw },
            Required = new HashSet<string> { UploadedFile.Field },
        };
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "The file: raw, or as the field 'file' of a form.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["text/csv"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String }, Example = example },
                ["application/json"] = new() { Schema = raw },
                ["application/x-ndjson"] = new() { Schema = raw },
                ["application/gzip"] = new() { Schema = raw },
                ["application/zip"] = new() { Schema = raw },
                ["application/octet-stream"] = new() { Schema = raw },
                ["multipart/form-data"] = new() { Schema = form },
            },
        };
        return Task.CompletedTask;
    });

    /// <summary>Lifts the server's limit for bodies: the intake has its own (Import:MaxFileBytes) and buffers nothing.</summary>
    public static RouteHandlerBuilder WithoutSizeLimit(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new NoSizeLimit());

    private sealed class NoSizeLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => null;
    }
}
