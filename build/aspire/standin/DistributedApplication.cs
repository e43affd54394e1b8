using System.Runtime.InteropServices;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Running;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>An application of several processes: starts them in order, keeps them running, stops them in reverse order.</summary>
public sealed class DistributedApplication : IDisposable, IAsyncDisposable
{
    private readonly IHost _host;
    private readonly DistributedApplicationExecutionContext _context;
    private readonly TestedEntryPoint? _test;

    internal DistributedApplication(IHost host, DistributedApplicationExecutionContext context, TestedEntryPoint? test) =>
        (_host, _context, _test) = (host, context, test);

    /// <summary>The app host's own services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>The state of every resource, and its changes.</summary>
    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    /// <summary>Makes a builder.</summary>
    /// <param name="args">The command line, which is part of the configuration.</param>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args)
    {
        var test = TestedEntryPoint.Current;
        return new DistributedApplicationBuilder(args, test, isTest: test is not null);
    }

    /// <summary>Runs until the application is told to stop (Ctrl+C, SIGTERM) or a resource that others wait for fails, which becomes the exit code.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <inheritdoc cref="Run"/>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        if (_context.IsPublishMode)
            throw new DistributedApplicationException("The stand-in for Aspire runs the application but cannot publish it: use the genuine packages.");
        if (_test is not null)
        {
            // Under test the test starts and stops; the program only has to stay until then.
            await _host.WaitForShutdownAsync(cancellationToken);
            return;
        }

        var lifetime = Services.GetRequiredService<IHostApplicationLifetime>();
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            lifetime.StopApplication();
        });
        await using var self = this;
        await _host.StartAsync(cancellationToken);
        await _host.WaitForShutdownAsync(cancellationToken);
        if (Services.GetRequiredService<Orchestrator>().FailureExitCode is { } exitCode)
            Environment.ExitCode = exitCode;
    }

    /// <summary>Starts; the resources come up in their order afterwards.</summary>
    public Task StartAsync(CancellationToken cancellationToken = default) => _host.StartAsync(cancellationToken);

    /// <summary>Stops every resource in reverse order.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        else
            _host.Dispose();
    }
}
