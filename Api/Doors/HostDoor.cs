using Microsoft.Extensions.Primitives;
using Payments.Api.Problems;

namespace Payments.Api.Doors;

/// <summary>Answers only to its own names, so that a page whose name an attacker points at us (DNS rebinding) gets nothing.</summary>
internal sealed class HostDoor(ApiOptions options)
{
    private readonly IList<StringSegment> _hosts =
        [.. ((string[])["localhost", "127.0.0.1", "[::1]", .. options.Hosts]).Select(host => new StringSegment(host))];

    public Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        var host = context.Request.Host;
        return host.HasValue && HostString.MatchesAny(host.Host, _hosts)
            ? next(context)
            : Problem.Of(StatusCodes.Status400BadRequest, "The Host header names none of this API's hosts; Api:Hosts adds to them.").ExecuteAsync(context);
    }
}
