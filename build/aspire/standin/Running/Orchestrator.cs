using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Running;

/// <summary>Starts all resources, each as soon as what it waits for is there, and stops them in reverse order.</summary>
internal sealed class Orchestrator(
    IReadOnlyList<IResource> resources, ApplicationSettings settings, IServiceProvider services, IConfiguration configuration,
    IHostApplicationLifetime lifetime) : IHostedService, IDisposable
{
    private readonly List<Supervisor> _supervisors = [];
    private readonly CancellationTokenSource _ended = new();
    private Task _table = Task.CompletedTask;
    private Dashboard? _dashboard;

    /// <summary>The exit code of the first failure that stopped the application.</summary>
    public int? FailureExitCode { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var log = services.GetRequiredService<ResourceLog>();
        var notifications = services.GetRequiredService<ResourceNotificationService>();
        await services.GetRequiredService<ChildJournal>().HealAsync(cancellationToken);
        Supervise(new SupervisorServices(
            services, notifications, services.GetRequiredService<HealthCheckService>(), services.GetRequiredService<ChildProcesses>(), log, Failed));
        foreach (var supervisor in _supervisors.Where(supervisor => supervisor.HasProcess))
            log.Introduce(supervisor.Id);
        if (settings.DashboardUrl is { } url)
            _dashboard = await Dashboard.StartAsync(url, notifications, log);
        if (settings.ShowsTable)
            _table = new ResourceTable(notifications, log, _dashboard?.Url).ShowAsync(_ended.Token);
        foreach (var supervisor in _supervisors)
            supervisor.Start();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_supervisors.Select(supervisor => supervisor.StopAsync()));
        await _ended.CancelAsync();
        await _table;
        if (_dashboard is not null)
            await _dashboard.DisposeAsync();
    }

    public void Dispose()
    {
        _ended.Dispose();
        foreach (var supervisor in _supervisors)
            supervisor.Dispose();
    }

    private void Supervise(SupervisorServices shared)
    {
        var completions = resources.SelectMany(Waits).Where(wait => wait.CompletionExitCode is not null).Select(wait => wait.Dependency).ToHashSet();
        foreach (var resource in resources)
        {
            var replicas = resource.Annotations.OfType<ReplicaAnnotation>().LastOrDefault()?.Replicas ?? 1;
            for (var replica = 1; replica <= replicas; replica++)
            {
                var id = replica == 1 ? resource.Name : $"{resource.Name}-{replica}";
                var launch = resource is ProjectResource or ExecutableResource
                    ? new Launch(resource, id, replica == 1, settings.RandomizePorts, configuration)
                    : null;
                _supervisors.Add(new Supervisor(resource, id, launch, completions.Contains(resource), shared));
            }
        }

        foreach (var dependent in _supervisors)
            foreach (var wait in Waits(dependent.Resource))
                foreach (var dependency in _supervisors.Where(supervisor => supervisor.Resource == wait.Dependency))
                {
                    dependent.Dependencies.Add((dependency, wait.CompletionExitCode));
                    dependency.Dependents.Add(dependent);
                }
    }

    private static IEnumerable<WaitAnnotation> Waits(IResource resource) => resource.Annotations.OfType<WaitAnnotation>();

    private void Failed(int exitCode)
    {
        if (!settings.StopsOnFailure)
            return;
        FailureExitCode ??= exitCode;
        lifetime.StopApplication();
    }
}
