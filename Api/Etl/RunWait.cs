using Payments.Pipeline.Runs;

namespace Payments.Api.Etl;

/// <summary>Waits for runs: as long as a caller may be kept waiting, and never longer than the API lives.</summary>
internal sealed class RunWait(RunQueue queue, IHostApplicationLifetime lifetime)
{
    /// <summary>How long a caller is kept waiting.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    /// <summary>The run when it has finished, or as it was when waiting ended.</summary>
    public async Task<RequestedRun?> ForAsync(long runId, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            return await queue.WaitAsync(runId, Longest, waiting.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The API stops, the run does not: the caller is told where it can be followed.
            return null;
        }
    }
}
