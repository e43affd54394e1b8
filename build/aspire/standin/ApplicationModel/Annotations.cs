namespace Aspire.Hosting.ApplicationModel;

/// <summary>Sets one environment variable when the resource starts.</summary>
internal sealed record EnvironmentVariableAnnotation(string Name, Func<CancellationToken, ValueTask<string?>> Value) : IResourceAnnotation;

/// <summary>Adds command-line arguments.</summary>
internal sealed record ArgumentsAnnotation(IReadOnlyList<string> Arguments) : IResourceAnnotation;

/// <summary>Makes the resource wait for another one: until it is healthy, or until it ended with an exit code.</summary>
internal sealed record WaitAnnotation(IResource Dependency, int? CompletionExitCode) : IResourceAnnotation;

/// <summary>Ties a health check of the application to the resource.</summary>
internal sealed record HealthCheckAnnotation(string Key) : IResourceAnnotation;

/// <summary>How many processes run the resource.</summary>
internal sealed record ReplicaAnnotation(int Replicas) : IResourceAnnotation;

/// <summary>Runs once, when the resource is healthy for the first time.</summary>
internal sealed record ReadyCallbackAnnotation(Func<ResourceReadyEvent, CancellationToken, Task> Callback) : IResourceAnnotation;

/// <summary>The resource is ready for those that wait for it.</summary>
/// <param name="resource">The resource.</param>
/// <param name="services">The application's services.</param>
public sealed class ResourceReadyEvent(IResource resource, IServiceProvider services)
{
    /// <summary>The resource.</summary>
    public IResource Resource => resource;

    /// <summary>The application's services.</summary>
    public IServiceProvider Services => services;
}
