using System.Net.Sockets;
using Npgsql;

namespace Payments.Worker;

/// <summary>Whether the database answers, as the worker's loops see it together: one line in the log per change, not one per try.</summary>
internal sealed class DatabaseWatch(TimeProvider clock, ILogger<DatabaseWatch> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private int _isAway;

    /// <summary>Says that the database answers.</summary>
    public void IsBack()
    {
        if (Interlocked.Exchange(ref _isAway, 0) == 1) logger.LogInformation("The database is back");
    }

    /// <summary>Does the work, from its beginning again for as long as the database is away or not yet migrated; other errors pass.</summary>
    public async Task KeepTryingAsync(Func<Task> work, CancellationToken stopping)
    {
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                try
                {
                    await work();
                    return;
                }
                catch (Exception error) when (IsAway(error))
                {
                    if (Interlocked.Exchange(ref _isAway, 1) == 0)
                    {
                        logger.LogWarning("The database is away or not ready ({Reason}); trying every {Pause}", error.Message, Pause);
                    }

                    await Task.Delay(Pause, clock, stopping);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The worker stops: that is how a loop ends.
        }
    }

    /// <summary>Whether an error says that the database is away or not ready; Quartz wraps what the database says.</summary>
    public static bool IsAway(Exception error) =>
        error is NpgsqlException or SocketException or TimeoutException || (error.InnerException is { } inner && IsAway(inner));
}
