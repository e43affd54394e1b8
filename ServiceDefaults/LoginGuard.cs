using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Payments.ServiceDefaults;

/// <summary>Opens a session as soon as the database answers, reports what <see cref="LoginCheck"/> found, and ends a service that must not run with it.</summary>
internal sealed class LoginGuard(
    LoginCheck check, NpgsqlDataSource dataSource, IHostEnvironment environment, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<LoginGuard> logger)
    : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await DecideAsync(stoppingToken);
            if (!check.IsRefused)
            {
                if (check.Finding is not null)
                {
                    logger.LogWarning(
                        "{Service} runs with the owner's privileges, as Database:RunAsOwner says: {Finding}. Give it a login of its own", environment.ApplicationName, check.Finding);
                }

                return;
            }

            logger.LogCritical(
                "{Service} does not run with the owner's privileges: {Finding}. Set ConnectionStrings:{Name} to a login of its own, payments_api for the API or "
                + "payments_worker for the worker: the migrator creates them when it is given Database__ApiPassword and Database__WorkerPassword. "
                + "Database__RunAsOwner=true lets it run all the same",
                environment.ApplicationName,
                check.Finding,
                PaymentsDatabase.ConnectionName);

            // A host that is stopped while it starts ends with another error.
            var started = new TaskCompletionSource();
            await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
            await started.Task.WaitAsync(stoppingToken);
            lifetime.StopApplication();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops: that is how a loop ends.
        }
    }

    // Any session of the service decides, not only the one that is opened here.
    private async Task DecideAsync(CancellationToken stopping)
    {
        for (var pause = TimeSpan.FromSeconds(1); !check.Decided.IsCompleted; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await using var connection = await dataSource.OpenConnectionAsync(stopping);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                logger.LogDebug(error, "The database does not answer yet: its login is not checked");
                await Task.WhenAny(check.Decided, Task.Delay(pause, clock, stopping));
                stopping.ThrowIfCancellationRequested();
            }
        }
    }
}
