using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Payments.ServiceDefaults;

/// <summary>How a service runs from its start to its end.</summary>
public static class ServiceRun
{
    /// <summary>
    /// Runs until it is told to stop, and says so in its last line: a log without that line is one of a service that was killed. To be stopped while it starts is an orderly end too.
    /// </summary>
    public static async Task RunToItsEndAsync(this WebApplication app)
    {
        await using (app)
        {
            try
            {
                await app.StartAsync();
                await app.WaitForShutdownAsync();
            }
            catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                await app.StopAsync();
            }

            app.Logger.LogInformation("{Service} has stopped in good order", app.Environment.ApplicationName);
        }
    }
}
