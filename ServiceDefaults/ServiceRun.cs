using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Payments.ServiceDefaults;

/// <summary>How a service runs from its start to its end.</summary>
public static class ServiceRun
{
    /// <summary>
    /// Runs until it is told to stop, and says so in its last line: a log without that line is one of a service that was killed. To be stopped while it starts is an orderly end too.
    /// </summary>
    /// <returns>The process's exit code: 1 when the service refused its database login, else 0.</returns>
    public static async Task<int> RunToItsEndAsync(this WebApplication app)
    {
        var check = app.Services.GetRequiredService<LoginCheck>();
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

        return check.IsRefused ? 1 : 0;
    }
}
