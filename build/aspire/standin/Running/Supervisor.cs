using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Running;

/// <summary>Looks after one resource, or one of its replicas: waits for what it needs, starts it, watches its health, starts it again.</summary>
internal sealed class Supervisor : IDisposable
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StableAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstCheckInterval = TimeSpan.FromMilliseconds(50);

    private readonly SupervisorServices _services;
    private readonly Launch? _launch;
    private readonly bool _endsByItself;
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private Task? _stopped;
    private ChildProcess? _process;
    private bool _ready;

    /// <param name="resource">The resource.</param>
    /// <param name="id">Names the replica.</param>
    /// <param name="launch">How to start its process; null for a resource without one.</param>
    /// <param name="endsByItself">Others wait for its end, so it is not started again.</param>
    /// <param name="services">What all supervisors share.</param>
    public Supervisor(IResource resource, string id, Launch? launch, bool endsByItself, SupervisorServices services)
    {
        (Resource, Id, _launch, _endsByItself, _services) = (resource, id, launch, endsByItself, services);
        Publish(snapshot => snapshot with { State = KnownResourceStates.NotStarted, Urls = launch?.Urls ?? [] });
    }

    public IResource Resource { get; }

    public string Id { get; }

    public bool HasProcess => _launch is not null;

    /// <summary>Those that wait for this one, and so stop before it.</summary>
    public List<Supervisor> Dependents { get; } = [];

    /// <summary>The replicas that this one waits for.</summary>
    public List<(Supervisor Supervisor, int? CompletionExitCode)> Dependencies { get; } = [];

    public void Start() => _running = RunAsync(_stopping.Token);

    /// <summary>Stops the dependents, then this one.</summary>
    public Task StopAsync() => _stopped ??= StopOnceAsync();

    public void Dispose()
    {
        _stopping.Dispose();
        _process?.Dispose();
    }

    private async Task StopOnceAsync()
    {
        await Task.WhenAll(Dependents.Select(dependent => dependent.StopAsync()));
        await _stopping.CancelAsync();
        if (_process is { Exited.IsCompleted: false } process)
        {
            Publish(snapshot => snapshot with { State = KnownResourceStates.Stopping, HealthStatus = null });
            await process.StopAsync(StopGrace);
        }

        await _running;
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            Publish(snapshot => snapshot with { State = KnownResourceStates.Waiting });
            foreach (var (dependency, exitCode) in Dependencies)
                await WaitAsync(dependency, exitCode, stopping);
            if (_launch is null)
            {
                Publish(snapshot => snapshot with { State = KnownResourceStates.Running });
                await WatchHealthAsync(stopping);
            }
            else
                await KeepRunningAsync(_launch, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Publish(snapshot => snapshot with { State = KnownResourceStates.Finished, HealthStatus = null });
        }
#pragma warning disable CA1031 // whatever keeps a resource from starting is shown as its state, and may stop the application
        catch (Exception e)
#pragma warning restore CA1031
        {
            _services.Log.Write(Id, $"failed to start: {e.Message}");
            Publish(snapshot => snapshot with { State = KnownResourceStates.FailedToStart, HealthStatus = null, Detail = e.Message });
            _services.Failed(e is DependencyFailedException { ExitCode: { } exitCode } ? exitCode : 1);
        }
    }

    private async Task WaitAsync(Supervisor dependency, int? completionExitCode, CancellationToken stopping)
    {
        var change = await _services.Notifications.WaitForResourceAsync(
            dependency.Resource.Name,
            change => change.ResourceId == dependency.Id
                && (change.Snapshot.State?.Text == KnownResourceStates.FailedToStart
                    || (completionExitCode is null ? change.Snapshot.IsReady : change.Snapshot.State?.Text == KnownResourceStates.Finished)),
            stopping);
        if (change.Snapshot.State?.Text == KnownResourceStates.FailedToStart)
            throw new DependencyFailedException($"{dependency.Id}, which it waits for, failed to start.", null);
        if (completionExitCode is not null && change.Snapshot.ExitCode != completionExitCode)
            throw new DependencyFailedException(
                string.Create(CultureInfo.InvariantCulture, $"{dependency.Id}, which it waits for, ended with exit code {change.Snapshot.ExitCode}."),
                change.Snapshot.ExitCode);
    }

    private async Task KeepRunningAsync(Launch launch, CancellationToken stopping)
    {
        for (var backOff = FirstBackOff; ;)
        {
            var startedAt = Stopwatch.GetTimestamp();
            var exitCode = await RunOnceAsync(launch, stopping);
            stopping.ThrowIfCancellationRequested();
            // A .NET host that stops because a part of it failed may still end with 0: a project is a service unless others wait for its end.
            if (_endsByItself || (exitCode == 0 && Resource is not ProjectResource))
                return;

            if (Stopwatch.GetElapsedTime(startedAt) > StableAfter)
                backOff = FirstBackOff;
            _services.Log.Write(Id, string.Create(CultureInfo.InvariantCulture, $"ended with exit code {exitCode}; starting it again in {backOff.TotalSeconds} s"));
            await Task.Delay(backOff, stopping);
            backOff = backOff * 2 < LongestBackOff ? backOff * 2 : LongestBackOff;
            Publish(snapshot => snapshot with { Restarts = snapshot.Restarts + 1 });
        }
    }

    private async Task<int> RunOnceAsync(Launch launch, CancellationToken stopping)
    {
        Publish(snapshot => snapshot with { State = KnownResourceStates.Starting, ExitCode = null });
        var start = await launch.PrepareAsync(stopping);
        _process?.Dispose();
        ChildProcess process;
        try
        {
            process = _process = await _services.Processes.StartAsync(Id, start, line => _services.Log.Write(Id, line));
        }
        catch (Win32Exception e)
        {
            throw new DistributedApplicationException($"{start.FileName} could not be started: {e.Message}");
        }

        Publish(snapshot => snapshot with { State = KnownResourceStates.Running, ProcessId = process.Id });
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var health = WatchHealthAsync(ended.Token);
        if (stopping.IsCancellationRequested)
            await process.StopAsync(StopGrace);
        var exitCode = await process.Exited;
        await ended.CancelAsync();
        await health.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Publish(snapshot => snapshot with
        {
            State = KnownResourceStates.Finished,
            ExitCode = exitCode,
            ProcessId = null,
            HealthStatus = null,
        });
        return exitCode;
    }

    private async Task WatchHealthAsync(CancellationToken ended)
    {
        var interval = FirstCheckInterval;
        var keys = Resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => check.Key).ToHashSet();
        while (true)
        {
            var status = keys.Count == 0 || Id != Resource.Name
                ? HealthStatus.Healthy
                : (await _services.Checks.CheckHealthAsync(check => keys.Contains(check.Name), ended)).Status;
            ended.ThrowIfCancellationRequested();
            Publish(snapshot => snapshot with { HealthStatus = status });
            if (status == HealthStatus.Healthy && !_ready)
            {
                _ready = true;
                foreach (var ready in Resource.Annotations.OfType<ReadyCallbackAnnotation>())
                    await ready.Callback(new ResourceReadyEvent(Resource, _services.Provider), ended);
                Publish(snapshot => snapshot with { IsReady = true });
            }

            if (keys.Count == 0)
                await Task.Delay(Timeout.InfiniteTimeSpan, ended);
            interval = status != HealthStatus.Healthy && interval * 2 < CheckInterval ? interval * 2 : CheckInterval;
            await Task.Delay(interval, ended);
        }
    }

    private void Publish(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) =>
        _ = _services.Notifications.PublishUpdateAsync(Resource, Id, change);
}

/// <summary>What all supervisors share.</summary>
internal sealed record SupervisorServices(
    IServiceProvider Provider, ResourceNotificationService Notifications, HealthCheckService Checks, ChildProcesses Processes, ResourceLog Log,
    Action<int> Failed);

/// <summary>Something that a resource waits for has failed.</summary>
internal sealed class DependencyFailedException(string message, int? exitCode) : Exception(message)
{
    public int? ExitCode => exitCode;
}
