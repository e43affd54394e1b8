using System.Reflection;
using Payments.Api.Docs;

namespace Payments.Api.Status;

/// <summary>What the API is and what it offers.</summary>
/// <param name="Message">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Endpoints">Method and path of every endpoint; /docs explains them.</param>
internal sealed record Index(string Message, string Version, IReadOnlyList<string> Endpoints) : IExample<Index>
{
    private const string Root = "/api/";
    private const string Name = "Payments analytics and risk monitoring";

    /// <inheritdoc/>
    public static Index Example { get; } = new(Name, "0.1.0", ["GET /api/health", "GET /api/reports/daily-summary"]);

    /// <summary>What the API offers.</summary>
    /// <remarks>Name, version and every endpoint.</remarks>
    public static Index Get(EndpointDataSource routes) => new(
        Name,
        typeof(Index).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
        [
            .. from endpoint in routes.Endpoints.OfType<RouteEndpoint>()
               let path = endpoint.RoutePattern.RawText
               where path?.StartsWith(Root, StringComparison.Ordinal) == true
               from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
               select $"{method} {(path == Root ? path : path.TrimEnd('/')).Replace(":long", "", StringComparison.Ordinal)}",
        ]);
}
