using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A change of a resource.</summary>
/// <param name="resource">The resource.</param>
/// <param name="resourceId">Names the replica.</param>
/// <param name="snapshot">How it is now.</param>
public sealed class ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
{
    /// <summary>The resource.</summary>
    public IResource Resource => resource;

    /// <summary>Names the replica; the resource's name when there is only one.</summary>
    public string ResourceId => resourceId;

    /// <summary>How it is now.</summary>
    public CustomResourceSnapshot Snapshot => snapshot;
}

/// <summary>Knows every resource's state, and tells its changes.</summary>
public sealed class ResourceNotificationService
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ResourceEvent> _latest = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Channel<ResourceEvent>> _watchers = [];

    /// <summary>The latest state of every replica, then every change.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>();
        lock (_lock)
        {
            foreach (var latest in _latest.Values)
                channel.Writer.TryWrite(latest);
            _watchers.Add(channel);
        }

        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken))
                yield return change;
        }
        finally
        {
            lock (_lock)
                _watchers.Remove(channel);
        }
    }

    /// <summary>Waits until a resource is in a state.</summary>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, change => change.Snapshot.State?.Text == (targetState ?? KnownResourceStates.Running), cancellationToken);

    /// <summary>Waits until a resource is in one of several states, and says in which.</summary>
    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var change = await WaitForResourceAsync(resourceName, change => targetStates.Contains(change.Snapshot.State?.Text), cancellationToken);
        return change.Snapshot.State!.Text;
    }

    /// <summary>Waits until a resource is as the predicate says.</summary>
    public async Task<ResourceEvent> WaitForResourceAsync(
        string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        await foreach (var change in WatchAsync(cancellationToken))
            if (string.Equals(change.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase) && predicate(change))
                return change;
        throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>Waits until a resource is healthy and whatever was to run then has run.</summary>
    /// <exception cref="DistributedApplicationException">The resource could not be started.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default)
    {
        var change = await WaitForResourceAsync(
            resourceName,
            change => change.Snapshot is { HealthStatus: HealthStatus.Healthy, IsReady: true } || change.Snapshot.State?.Text == KnownResourceStates.FailedToStart,
            cancellationToken);
        return change.Snapshot.IsReady
            ? change
            : throw new DistributedApplicationException(
                $"Stopped waiting for resource '{resourceName}' to become healthy because it failed to start. {change.Snapshot.Detail}");
    }

    /// <summary>Changes what is known about a resource.</summary>
    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory) =>
        PublishUpdateAsync(resource, resource.Name, stateFactory);

    /// <summary>Changes what is known about a replica of a resource.</summary>
    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        lock (_lock)
        {
            var before = _latest.TryGetValue(resourceId, out var latest)
                ? latest.Snapshot
                : new CustomResourceSnapshot { ResourceType = resource.GetType().Name.Replace("Resource", "", StringComparison.Ordinal) };
            var after = stateFactory(before);
            if (after == before && latest is not null)
                return Task.CompletedTask;

            var change = _latest[resourceId] = new ResourceEvent(resource, resourceId, after);
            foreach (var watcher in _watchers)
                watcher.Writer.TryWrite(change);
        }

        return Task.CompletedTask;
    }

    internal IReadOnlyList<ResourceEvent> Latest()
    {
        lock (_lock)
            return [.. _latest.Values];
    }
}
