using Microsoft.AspNetCore.WebUtilities;

namespace Payments.Api.Reading;

/// <summary>The <c>Link</c> header of RFC 8288 that leads to the next page.</summary>
internal static class NextPage
{
    /// <summary>The same request with another <c>after</c>.</summary>
    public static void Announce(HttpContext context, string cursor)
    {
        var parameters = context.Request.Query
            .Where(parameter => !parameter.Key.Equals("after", StringComparison.OrdinalIgnoreCase))
            .Select(parameter => KeyValuePair.Create(parameter.Key, parameter.Value.ToString()))
            .Append(KeyValuePair.Create("after", cursor));
        var next = QueryHelpers.AddQueryString(context.Request.PathBase + context.Request.Path, parameters!);
        context.Response.Headers.Link = $"<{next}>; rel=\"next\"";
    }
}
