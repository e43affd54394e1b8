using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Testing;

/// <summary>Reaches the resources of an application under test.</summary>
public static class DistributedApplicationHostingTestingExtensions
{
    /// <summary>A client of a resource's HTTP endpoint.</summary>
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = null) =>
        new() { BaseAddress = app.GetEndpoint(resourceName, endpointName) };

    /// <summary>The address of a resource's endpoint.</summary>
    /// <exception cref="ArgumentException">There is no such resource or endpoint.</exception>
    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        var resource = app.Resource<IResourceWithEndpoints>(resourceName);
        var endpoint = resource.Annotations.OfType<EndpointAnnotation>()
            .FirstOrDefault(endpoint => endpointName is null ? endpoint.UriScheme is "http" or "https" : endpoint.Name == endpointName)
            ?? throw new ArgumentException($"Resource '{resourceName}' has no such endpoint.", nameof(endpointName));
        return new Uri(new EndpointReference(resource, endpoint.Name).Url);
    }

    /// <summary>A resource's connection string.</summary>
    /// <exception cref="ArgumentException">There is no such resource.</exception>
    public static ValueTask<string?> GetConnectionStringAsync(
        this DistributedApplication app, string resourceName, CancellationToken cancellationToken = default) =>
        app.Resource<IResourceWithConnectionString>(resourceName).GetConnectionStringAsync(cancellationToken);

    private static T Resource<T>(this DistributedApplication app, string name)
        where T : IResource =>
        app.Services.GetRequiredService<IReadOnlyList<IResource>>().OfType<T>().FirstOrDefault(resource => resource.Name == name)
        ?? throw new ArgumentException($"There is no resource '{name}'.", nameof(name));
}
