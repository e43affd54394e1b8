using System.ComponentModel.DataAnnotations;
using System.Net.Mime;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace Payments.Api.Docs;

/// <summary>Completes what the framework finds out about an operation: allowed values, examples of every body and answer.</summary>
internal static class Operations
{
    private const string ProblemJson = "application/problem+json";

    /// <summary>Describes one operation.</summary>
    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        // A title, not a sentence, in the page's list.
        operation.Summary = operation.Summary?.TrimEnd('.');
        foreach (var parameter in context.Description.ParameterDescriptions)
        {
            AddAllowedValues(operation, parameter);
        }

        ParameterExamples.AddTo(operation, context.Description.RelativePath);
        if (operation.Responses is { } responses)
        {
            var ordered = responses.OrderBy(response => response.Key, StringComparer.Ordinal).ToArray();
            responses.Clear();
            Array.ForEach(ordered, response => responses.Add(response.Key, response.Value));
        }

        var json = context.ApplicationServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        if (operation.RequestBody?.Content is { } sent
            && sent.TryGetValue(MediaTypeNames.Application.Json, out var body)
            && context.Description.ParameterDescriptions.FirstOrDefault(parameter => parameter.Source == BindingSource.Body) is { } bound)
        {
            body.Example ??= ExampleOf(bound.Type, json);
        }

        foreach (var type in context.Description.SupportedResponseTypes)
        {
            if (operation.Responses?.GetValueOrDefault($"{type.StatusCode}") is OpenApiResponse response)
            {
                AddExamples(response, type, json);
            }
        }

        return Task.CompletedTask;
    }

    private static void AddAllowedValues(OpenApiOperation operation, ApiParameterDescription parameter)
    {
        if (parameter.ParameterDescriptor is IParameterInfoParameterDescriptor { ParameterInfo: var info }
            && info.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed
            && operation.Parameters?.FirstOrDefault(known => known.Name == parameter.Name)?.Schema is OpenApiSchema schema)
        {
            schema.Enum = [.. allowed.Values.OfType<string>().Select(value => JsonValue.Create(value)!)];
        }
    }

    private static void AddExamples(OpenApiResponse response, ApiResponseType type, JsonSerializerOptions json)
    {
        response.Description = type.StatusCode < StatusCodes.Status400BadRequest ? response.Description : Meaning(type.StatusCode);
        foreach (var (media, content) in response.Content ?? new Dictionary<string, OpenApiMediaType>())
        {
            content.Example = media switch
            {
                ProblemJson => ProblemExample(type.StatusCode),
                "text/event-stream" => StaticOf(type.Type, "StreamExample") as string,
                "text/csv" => StaticOf(type.Type, "CsvExample") as string,
                _ => ExampleOf(type.Type, json),
            };
        }
    }

    private static JsonNode? ExampleOf(Type? type, JsonSerializerOptions json)
    {
        var isList = type is { IsGenericType: true } && type.GetGenericTypeDefinition() == typeof(IEnumerable<>);
        var example = StaticOf(type, "Example");
        return example is null ? null : JsonSerializer.SerializeToNode(isList ? new[] { example } : example, json);
    }

    private static object? StaticOf(Type? type, string name)
    {
        var isList = type is { IsGenericType: true } && type.GetGenericTypeDefinition() == typeof(IEnumerable<>);
        var item = isList ? type!.GetGenericArguments()[0] : type;
        return item?.GetProperty(name, BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)?.GetValue(null);
    }

    private static JsonObject ProblemExample(int status) => new()
    {
        ["title"] = ReasonPhrases.GetReasonPhrase(status),
        ["status"] = status,
        ["detail"] = Meaning(status),
        ["trace_id"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };

    private static string Meaning(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "A parameter is missing, wrong, unknown or given twice; errors names each and the fix.",
        StatusCodes.Status401Unauthorized => "No key, or an unknown one.",
        StatusCodes.Status403Forbidden => "The key's role does not allow the call, or a web page of another origin makes it.",
        StatusCodes.Status404NotFound => "Nothing has this id.",
        StatusCodes.Status408RequestTimeout => "The upload is slower than Import:MinBytesPerSecond, or takes longer than Import:MaxUploadSeconds.",
        StatusCodes.Status409Conflict => "Not now, or not here; detail tells why and what to do.",
        StatusCodes.Status413PayloadTooLarge => "The body is too large: a file over Import:MaxFileBytes, or a batch of more than 10,000 payments.",
        StatusCodes.Status422UnprocessableEntity => "A rule refuses the payment, reasons tells each with its code, field and fix; or the Idempotency-Key was used for another request.",
        StatusCodes.Status415UnsupportedMediaType => "The body's Content-Type is not one of those below.",
        StatusCodes.Status429TooManyRequests => "Too many calls that change something; Retry-After tells when to come back.",
        StatusCodes.Status507InsufficientStorage => "The storage has no room for the file; nothing of it was kept.",
        StatusCodes.Status503ServiceUnavailable => "The database is away or not migrated; Retry-After tells when to come back.",
        _ => "The run failed; run_id tells which.",
    };
}
