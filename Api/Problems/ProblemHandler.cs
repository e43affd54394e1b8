using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Api.Parameters;
using Payments.Pipeline.Accept;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;

namespace Payments.Api.Problems;

/// <summary>Turns whatever a handler throws into a problem: the one place where errors become answers.</summary>
internal sealed class ProblemHandler(ILogger<ProblemHandler> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var problem = exception switch
        {
            InvalidParameterException invalid => Problem.InvalidParameter(invalid.Parameter, invalid.Message),
            LivePaymentJsonException json => Problem.InvalidParameters(new Dictionary<string, string[]> { ["body"] = [json.Message] }),
            KeyReusedException reused => Problem.Of(StatusCodes.Status422UnprocessableEntity, reused.Message),
            KeyHeldException held => Held(httpContext, held),
            AcceptanceFullException full => Problem.Unavailable(httpContext, full.Message),
            BadHttpRequestException { InnerException: JsonException json } => Problem.InvalidParameter("body", NotUnderstood(json)),
            BadHttpRequestException { StatusCode: StatusCodes.Status429TooManyRequests } busy => Problem.TooMany(httpContext, busy.Message),
            BadHttpRequestException bad => Problem.Of(bad.StatusCode, bad.Message),
            FileTooLargeException large => Problem.Of(StatusCodes.Status413PayloadTooLarge, large.Message),
            _ when DiskFull.Is(exception) => Full(httpContext, exception),
            _ when DatabaseFault.Unavailability(exception) is { } reason => Unavailable(httpContext, reason, exception),
            _ => Unexpected(exception),
        };
        await problem.ExecuteAsync(httpContext);
        return true;
    }

    private static ProblemHttpResult Held(HttpContext context, KeyHeldException held)
    {
        context.Response.Headers.RetryAfter = $"{Problem.RetryAfterSeconds}";
        return Problem.Of(StatusCodes.Status409Conflict, held.Message);
    }

    // The framework's own message names our types.
    private static string NotUnderstood(JsonException error) => error.Path is null or "$"
        ? "The body is not the JSON that this call takes; /docs shows it."
        : $"The body's member {error.Path} is unknown here, or of another type than this call takes; /docs shows it.";

    private ProblemHttpResult Unavailable(HttpContext context, string reason, Exception error)
    {
        log.LogWarning("{Path} answered 503: {Reason} ({Error})", context.Request.Path, reason, error.Message);
        return Problem.Unavailable(context, reason);
    }

    private ProblemHttpResult Full(HttpContext context, Exception error)
    {
        log.LogError("{Path} answered 507: {Error}", context.Request.Path, error.Message);
        return Problem.Of(StatusCodes.Status507InsufficientStorage, "The storage has no room for the file; nothing of it was kept. Send it again when there is room.");
    }

    private ProblemHttpResult Unexpected(Exception error)
    {
        log.LogError(error, "A request failed unexpectedly");
        return Problem.Of(StatusCodes.Status500InternalServerError, "The request failed unexpectedly; the log says why under this trace_id.");
    }
}
