using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Payments.ServiceDefaults;

/// <summary>A service's last line: whoever looks at its log sees that it came to its end and was not killed.</summary>
internal sealed class StopLog(IHostApplicationLifetime lifetime, IHostEnvironment environment, ILogger<StopLog> logger) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopped.Register(() => logger.LogInformation("{Service} has stopped in good order", environment.ApplicationName));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
