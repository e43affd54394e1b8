using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Payments.ServiceDefaults;

/// <summary>How a service runs from its start to its end.</summary>
public static class ServiceRun
{
    /// <summary>
    /// Runs until it is stopped, and reports that in its last line: a service whose log lacks that line was killed. A stop during the start is orderly too.
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
