using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Payments.AppHost.Tests.StandIn;

/// <summary>How the stand-in starts, watches and stops processes.</summary>
public sealed class SupervisionTests : IAsyncLifetime
{
    private readonly IDistributedApplicationTestingBuilder _builder = DistributedApplicationTestingBuilder.Create();
    private readonly string _folder = Directory.CreateTempSubdirectory("standin-").FullName;
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(1));
    private DistributedApplication? _app;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        await _builder.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_resource_starts_after_the_one_that_it_waits_for_has_ended_and_the_one_that_it_needs_is_healthy()
    {
        var healthy = false;
        _builder.Services.AddHealthChecks().AddCheck("door", () => healthy ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
        var server = AddScript("server", "echo server >> order; exec sleep 600").WithHealthCheck("door");
        var task = AddScript("task", "echo task >> order").WaitFor(server);
        AddScript("client", "echo client >> order; exec sleep 600").WaitForCompletion(task);

        await StartAsync();
        await Notifications.WaitForResourceAsync("task", KnownResourceStates.Waiting, _timeout.Token);
        await Notifications.WaitForResourceAsync("server", change => change.Snapshot.HealthStatus == HealthStatus.Unhealthy, _timeout.Token);
        // Asked for its health before its script has come to its first line.
        await UntilAsync(() => Order().Length > 0);
        Assert.Equal(["server"], Order());
        healthy = true;
        await Notifications.WaitForResourceHealthyAsync("client", _timeout.Token);
        await UntilAsync(() => Order().Length == 3);

        Assert.Equal(["server", "task", "client"], Order());
    }

    [Fact]
    public async Task A_service_that_crashed_is_started_again_and_those_that_wait_for_it_go_on_waiting()
    {
        var service = AddScript("service", "echo run >> order; [ $(wc -l < order) -ge 2 ] || exit 3; exec sleep 600");
        _builder.Services.AddHealthChecks().AddCheck("second", () => Order().Length >= 2 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
        service.WithHealthCheck("second");
        AddScript("client", "exec sleep 600").WaitFor(service);

        await StartAsync();
        await Notifications.WaitForResourceHealthyAsync("client", _timeout.Token);

        var state = await Notifications.WaitForResourceHealthyAsync("service", _timeout.Token);
        Assert.Equal(1, state.Snapshot.Restarts);
        Assert.Equal(["run", "run"], Order());
    }

    [Fact]
    public async Task A_task_that_failed_is_not_started_again_and_what_waits_for_it_never_starts()
    {
        var task = AddScript("task", "echo task >> order; exit 7");
        AddScript("service", "echo service >> order").WaitForCompletion(task);

        await StartAsync();
        await Notifications.WaitForResourceAsync("service", KnownResourceStates.FailedToStart, _timeout.Token);

        var state = await Notifications.WaitForResourceAsync("task", change => change.Snapshot.ExitCode is not null, _timeout.Token);
        Assert.Equal(7, state.Snapshot.ExitCode);
        Assert.Equal(["task"], Order());
        var failure = await Assert.ThrowsAsync<DistributedApplicationException>(() => Notifications.WaitForResourceHealthyAsync("service", _timeout.Token));
        Assert.Contains("task, which it waits for, ended with exit code 7", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resources_stop_in_reverse_order_each_after_it_has_ended_cleanly()
    {
        const string untilTold = "trap 'sleep 0.3; echo NAME >> order; exit 0' TERM; while :; do sleep 0.05; done";
        var server = AddScript("server", untilTold.Replace("NAME", "server", StringComparison.Ordinal));
        var middle = AddScript("middle", untilTold.Replace("NAME", "middle", StringComparison.Ordinal)).WaitFor(server);
        AddScript("client", untilTold.Replace("NAME", "client", StringComparison.Ordinal)).WaitFor(middle);
        await StartAsync();
        await Notifications.WaitForResourceHealthyAsync("client", _timeout.Token);
        // The shell has to get as far as its trap.
        await Task.Delay(300);

        await _app!.StopAsync();

        Assert.Equal(["client", "middle", "server"], Order());
    }

    [Fact]
    public async Task What_does_not_stop_when_asked_is_ended_with_its_children()
    {
        AddScript("deaf", "trap '' TERM INT; sh -c 'while :; do echo alive >> order; sleep 0.1; done' & wait");
        await StartAsync();
        await UntilAsync(() => Order().Length > 0);

        await _app!.StopAsync();

        var beats = Order().Length;
        await Task.Delay(500);
        Assert.Equal(beats, Order().Length);
    }

    [Fact]
    public async Task Environment_and_references_reach_the_process()
    {
        var password = _builder.AddParameter("password", "s3cret", secret: true);
        var main = _builder.AddConnectionString("main", ReferenceExpression.Create($"Host=here;Password={password}"));
        var asGuest = _builder.AddConnectionString("guest", ReferenceExpression.Create($"{main};Username=guest"));
        AddScript("service", "echo \"$ConnectionStrings__main|$ConnectionStrings__other|$PLAIN\" >> order")
            .WithReference(main).WithReference(asGuest, connectionName: "other").WithEnvironment("PLAIN", "text");

        await StartAsync();
        await Notifications.WaitForResourceAsync("service", KnownResourceStates.Finished, _timeout.Token);

        Assert.Equal(["Host=here;Password=s3cret|Host=here;Password=s3cret;Username=guest|text"], Order());
    }

    private ResourceNotificationService Notifications => _app!.ResourceNotifications;

    private string[] Order() => File.Exists(Path.Combine(_folder, "order")) ? File.ReadAllLines(Path.Combine(_folder, "order")) : [];

    private async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(20, _timeout.Token);
    }

    private IResourceBuilder<ExecutableResource> AddScript(string name, string script) =>
        _builder.AddResource(new ExecutableResource(name, "/bin/sh", _folder)).WithArgs("-c", script);

    private async Task StartAsync()
    {
        _app = await _builder.BuildAsync(_timeout.Token);
        await _app.StartAsync(_timeout.Token);
    }
}
