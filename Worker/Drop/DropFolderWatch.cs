using Microsoft.Extensions.Options;

namespace Payments.Worker.Drop;

/// <summary>Looks into the drop folder again and again, and beside it says how that goes, even while a sweep is held up.</summary>
internal sealed class DropFolderWatch(
    DropFolder folder, SweepState sweeps, SweepRecord record, DatabaseWatch database, IOptions<DropOptions> options, TimeProvider clock, ILogger<DropFolderWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    // The reader of ops.drop_folders takes a worker for stopped after two minutes.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(30);

    private bool _isStuck;
    private SweepReport? _written;
    private long _writtenAt;

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => options.Value.Enabled
        ? Task.WhenAll(
            Task.Run(() => database.KeepTryingAsync(() => RepeatAsync(SweepAsync, options.Value.PollInterval, stoppingToken), stoppingToken), stoppingToken),
            database.KeepTryingAsync(() => RepeatAsync(ReportAsync, ReportInterval, stoppingToken), stoppingToken))
        : Task.CompletedTask;

    private async Task RepeatAsync(Func<CancellationToken, Task> work, TimeSpan pause, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await work(stopping);
            await Task.Delay(pause, clock, stopping);
        }
    }

    private async Task SweepAsync(CancellationToken stopping)
    {
        sweeps.Begin();
        try
        {
            await folder.SweepAsync(stopping);
            sweeps.End();
        }
        catch (Exception error) when (!stopping.IsCancellationRequested)
        {
            // Whatever it was, the folder is looked into again: the health check, the API and the log say that it did not work.
            var isNew = sweeps.Fail(error.Message);
            if (DatabaseWatch.IsAway(error)) throw;
            if (isNew) logger.LogError(error, "A sweep of the drop folder failed; it is tried again every {Interval}", options.Value.PollInterval);
        }
    }

    private async Task ReportAsync(CancellationToken stopping)
    {
        var report = sweeps.Report();
        var isStuck = report.Status == SweepReport.Stuck;
        if (isStuck != _isStuck)
        {
            _isStuck = isStuck;
            if (isStuck) logger.LogWarning("The drop folder is stuck: {Reason}", report.Error);
            else logger.LogInformation("The drop folder is swept again");
        }

        // Before the first sweep has ended, what an earlier process has found is still the newest.
        if (report is { EndedAt: null, Status: SweepReport.Watching }) return;
        if (report.IsLike(_written) && clock.GetElapsedTime(_writtenAt) < Heartbeat) return;
        await record.WriteAsync(report, stopping);
        (_written, _writtenAt) = (report, clock.GetTimestamp());
    }
}
