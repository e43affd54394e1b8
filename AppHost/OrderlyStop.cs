using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Payments.AppHost;

/// <summary>
/// Stops the services before everything else. Left to itself Aspire stops all resources at once, the database among them: a worker could not hand its runs back any more.
/// </summary>
internal sealed class OrderlyStop(IReadOnlyList<ProjectResource> services, ResourceCommandService commands, ILogger<OrderlyStop> logger) : IHostedLifecycleService
{
    /// <summary>Adds the stop to an application that is run.</summary>
    public static void AddTo(IDistributedApplicationBuilder builder, params IResourceBuilder<ProjectResource>[] services)
    {
        if (builder.ExecutionContext.IsRunMode)
            builder.Services.AddHostedService(provider => ActivatorUtilities.CreateInstance<OrderlyStop>(provider, (IReadOnlyList<ProjectResource>)[.. services.Select(service => service.Resource)]));
    }

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.WhenAll(services.Select(service => StopAsync(service, cancellationToken)));

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task StopAsync(ProjectResource service, CancellationToken cancellationToken)
    {
        var stop = await commands.ExecuteCommandAsync(service, KnownResourceCommands.StopCommand, cancellationToken);
        if (!stop.Success) logger.LogDebug("{Service} was not stopped by itself: {Reason}", service.Name, stop.Message);
    }
}
