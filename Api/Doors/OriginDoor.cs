using Microsoft.Extensions.Primitives;
using Payments.Api.Problems;

namespace Payments.Api.Doors;

/// <summary>Refuses state-changing calls that a foreign web page makes: a form post asks no CORS permission.</summary>
internal sealed class OriginDoor(ApiOptions options)
{
    public Task CheckAsync(HttpContext context, RequestDelegate next) =>
        IsReading(context.Request.Method) || IsTrusted(context.Request)
            ? next(context)
            : Problem.Of(
                StatusCodes.Status403Forbidden,
                "A web page of another origin may not make this call; Api:Origins adds origins that may.").ExecuteAsync(context);

    private static bool IsReading(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private bool IsTrusted(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        if (!StringValues.IsNullOrEmpty(origin) && options.Origins.Contains(origin.ToString(), StringComparer.OrdinalIgnoreCase))
        {
            return true;
        }

        return (StringValues.IsNullOrEmpty(origin) || IsOwn(origin.ToString(), request))
            && request.Headers["Sec-Fetch-Site"].ToString() is not ("cross-site" or "same-site");
    }

    private static bool IsOwn(string origin, HttpRequest request) =>
        origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
}
