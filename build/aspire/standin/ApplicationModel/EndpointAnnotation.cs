using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A port that a resource listens on.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    internal EndpointAnnotation(string name, string scheme, string host, int? port, bool isProxied) =>
        (Name, UriScheme, TargetHost, Port, IsProxied) = (name, scheme, host, port, isProxied);

    /// <summary>The endpoint's name, unique in its resource.</summary>
    public string Name { get; }

    /// <summary>Such as http or tcp.</summary>
    public string UriScheme { get; }

    /// <summary>The host name or address that clients use.</summary>
    public string TargetHost { get; }

    /// <summary>The port asked for; null for any free one.</summary>
    public int? Port { get; set; }

    /// <summary>False where the resource must have exactly this port, even in tests.</summary>
    public bool IsProxied { get; }

    /// <summary>The port in use by the resource's first replica, chosen when the application starts.</summary>
    internal int? AllocatedPort { get; set; }

    internal string Url(int port) => string.Create(CultureInfo.InvariantCulture, $"{UriScheme}://{TargetHost}:{port}");
}

/// <summary>Another resource's endpoint, as a value.</summary>
/// <param name="owner">The resource that has the endpoint.</param>
/// <param name="endpointName">The endpoint's name.</param>
public sealed class EndpointReference(IResourceWithEndpoints owner, string endpointName) : IValueProvider, IManifestExpressionProvider
{
    /// <summary>The endpoint's name.</summary>
    public string EndpointName => endpointName;

    /// <summary>The address, such as http://localhost:8001.</summary>
    /// <exception cref="InvalidOperationException">There is no such endpoint, or the application has not started.</exception>
    public string Url
    {
        get
        {
            var endpoint = owner.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(endpoint => endpoint.Name == endpointName)
                ?? throw new InvalidOperationException($"Resource '{owner.Name}' has no endpoint '{endpointName}'.");
            return endpoint.Url(endpoint.AllocatedPort
                ?? throw new InvalidOperationException($"Endpoint '{endpointName}' of resource '{owner.Name}' is not allocated yet."));
        }
    }

    /// <inheritdoc/>
    public string ValueExpression => $"{{{owner.Name}.bindings.{endpointName}.url}}";

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(Url);
}
