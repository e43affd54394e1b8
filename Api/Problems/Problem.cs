using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;

namespace Payments.Api.Problems;

/// <summary>Every error answer of the API: RFC 9457 problem details, always JSON, never SQL or a stack.</summary>
internal static class Problem
{
    /// <summary>Seconds after which a caller may ask again while the database is away, or too much is under way.</summary>
    public const int RetryAfterSeconds = 5;

    // The framework adds it only for callers whose Accept header asks for JSON.
    private const string TraceId = "trace_id";

    /// <summary>400: parameters and what is wrong with each.</summary>
    public static ProblemHttpResult InvalidParameters(IDictionary<string, string[]> errors) =>
        TypedResults.Problem(new HttpValidationProblemDetails(errors)
        {
            Status = StatusCodes.Status400BadRequest,
            Title = "Invalid parameters",
            Detail = string.Join(' ', errors.Values.SelectMany(complaints => complaints)),
            Extensions = { [TraceId] = Activity.Current?.Id },
        });

    /// <summary>400: one parameter.</summary>
    public static ProblemHttpResult InvalidParameter(string parameter, string complaint) =>
        InvalidParameters(new Dictionary<string, string[]> { [parameter] = [complaint] });

    /// <summary>404: nothing has this id.</summary>
    public static ProblemHttpResult NotFound(string what) =>
        Of(StatusCodes.Status404NotFound, $"There is no {what}.");

    /// <summary>503 that asks to come back.</summary>
    public static ProblemHttpResult Unavailable(HttpContext context, string detail)
    {
        context.Response.Headers.RetryAfter = $"{RetryAfterSeconds}";
        return Of(StatusCodes.Status503ServiceUnavailable, detail);
    }

    /// <summary>429 that asks to come back.</summary>
    public static ProblemHttpResult TooMany(HttpContext context, string detail)
    {
        context.Response.Headers.RetryAfter = $"{RetryAfterSeconds}";
        return Of(StatusCodes.Status429TooManyRequests, detail);
    }

    /// <summary>Any other status with its reason.</summary>
    public static ProblemHttpResult Of(int status, string detail, params (string Name, object? Value)[] more) =>
        TypedResults.Problem(
            statusCode: status,
            title: ReasonPhrases.GetReasonPhrase(status),
            detail: detail,
            extensions: new Dictionary<string, object?>(more.Select(entry => KeyValuePair.Create(entry.Name, entry.Value)))
            {
                [TraceId] = Activity.Current?.Id,
            });

    /// <summary>The status that the framework chose without a body.</summary>
    public static ProblemHttpResult ForStatus(HttpContext context) => Of(context.Response.StatusCode, context.Response.StatusCode switch
    {
        StatusCodes.Status401Unauthorized => "Send an API key in the header X-Api-Key, or as Authorization: Bearer.",
        StatusCodes.Status403Forbidden => "This API key's role does not allow the call.",
        StatusCodes.Status404NotFound => "There is no such endpoint; GET /api/ lists them.",
        StatusCodes.Status405MethodNotAllowed => $"This endpoint answers {context.Response.Headers.Allow} only.",
        StatusCodes.Status415UnsupportedMediaType => "The body's Content-Type is not taken here; /docs tells which are.",
        StatusCodes.Status429TooManyRequests => "Too many calls that change something; come back later.",
        _ => "The request cannot be answered.",
    });
}
