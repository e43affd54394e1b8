using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>What can be said about a resource.</summary>
public static class ResourceBuilderExtensions
{
    /// <summary>Sets an environment variable.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value)
        where T : IResourceWithEnvironment => builder.WithEnvironment(name, _ => new(value));

    /// <summary>Sets an environment variable to a parameter's value.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> parameter)
        where T : IResourceWithEnvironment => builder.WithEnvironment(name, parameter.Resource.GetValueAsync);

    /// <summary>Gives the resource another one's connection string, as <c>ConnectionStrings__name</c>.</summary>
    public static IResourceBuilder<T> WithReference<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null)
        where T : IResourceWithEnvironment =>
        builder.WithEnvironment($"ConnectionStrings__{connectionName ?? source.Resource.Name}", source.Resource.GetConnectionStringAsync);

    /// <summary>Gives the resource another one's addresses, as <c>services__name__scheme__0</c>.</summary>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where T : IResourceWithEnvironment
    {
        foreach (var endpoint in source.Resource.Annotations.OfType<EndpointAnnotation>())
            builder.WithEnvironment($"services__{source.Resource.Name}__{endpoint.Name}__0", new EndpointReference(source.Resource, endpoint.Name).GetValueAsync);
        return builder;
    }

    /// <summary>Adds command-line arguments.</summary>
    public static IResourceBuilder<T> WithArgs<T>(this IResourceBuilder<T> builder, params string[] args)
        where T : IResourceWithArgs => builder.WithAnnotation(new ArgumentsAnnotation(args));

    /// <summary>Starts the resource when another one is healthy.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => builder.WithAnnotation(new WaitAnnotation(dependency.Resource, null));

    /// <summary>Starts the resource when another one has ended with an exit code; any other exit code is a failure.</summary>
    public static IResourceBuilder<T> WaitForCompletion<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, int exitCode = 0)
        where T : IResourceWithWaitSupport => builder.WithAnnotation(new WaitAnnotation(dependency.Resource, exitCode));

    /// <summary>Ties a health check of the app host's services to the resource.</summary>
    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key)
        where T : IResource => builder.WithAnnotation(new HealthCheckAnnotation(key));

    /// <summary>The resource is healthy while a path of its HTTP endpoint answers with a status code.</summary>
    /// <exception cref="DistributedApplicationException">It has no HTTP endpoint: a project gets one from launchSettings.json.</exception>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        var endpoint = builder.Resource.Annotations.OfType<EndpointAnnotation>()
            .FirstOrDefault(endpoint => endpointName is null ? endpoint.UriScheme is "http" or "https" : endpoint.Name == endpointName)
            ?? throw new DistributedApplicationException($"Could not create HTTP health check for resource '{builder.Resource.Name}' as it has no HTTP endpoint.");
        var key = $"{builder.Resource.Name}_{endpoint.Name}_{path}_{statusCode ?? 200}_check";
        var check = new Running.HttpHealthCheck(new EndpointReference(builder.Resource, endpoint.Name), path ?? "/", statusCode ?? 200);
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(key, check, failureStatus: null, tags: null));
        return builder.WithHealthCheck(key);
    }

    /// <summary>Adds an endpoint.</summary>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, string? scheme = null, string? name = null, bool isProxied = true)
        where T : IResourceWithEndpoints =>
        builder.WithAnnotation(new EndpointAnnotation(name ?? scheme ?? "tcp", scheme ?? "tcp", "localhost", port, isProxied));

    /// <summary>Changes an endpoint.</summary>
    /// <exception cref="DistributedApplicationException">There is none of this name.</exception>
    public static IResourceBuilder<T> WithEndpoint<T>(this IResourceBuilder<T> builder, string endpointName, Action<EndpointAnnotation> callback)
        where T : IResourceWithEndpoints
    {
        callback(builder.Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(endpoint => endpoint.Name == endpointName)
            ?? throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' has no endpoint '{endpointName}'."));
        return builder;
    }

    /// <summary>Says for the publish manifest that the endpoints are reached from outside; here they are anyway.</summary>
    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints => builder;

    /// <summary>Runs the resource as several processes; the first one has its ports, the others any free ones.</summary>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas) =>
        builder.WithAnnotation(new ReplicaAnnotation(replicas));

    /// <summary>Runs something when the resource is healthy for the first time, before those that wait for it start.</summary>
    public static IResourceBuilder<T> OnResourceReady<T>(this IResourceBuilder<T> builder, Func<T, ResourceReadyEvent, CancellationToken, Task> callback)
        where T : IResource =>
        builder.WithAnnotation(new ReadyCallbackAnnotation((ready, cancellationToken) => callback(builder.Resource, ready, cancellationToken)));

    internal static IResourceBuilder<T> WithEnvironment<T>(
        this IResourceBuilder<T> builder, string name, Func<CancellationToken, ValueTask<string?>> value)
        where T : IResourceWithEnvironment => builder.WithAnnotation(new EnvironmentVariableAnnotation(name, value));
}
