using Npgsql;
using Quartz;

namespace Payments.Worker.Schedules;

/// <summary>Brings Quartz's tables in line with <see cref="Schedule"/> and runs the scheduler, from when the database answers until the worker stops.</summary>
internal sealed class ScheduleService(
    ISchedulerFactory factory, NpgsqlDataSource dataSource, IConfiguration configuration, DatabaseWatch database, TimeProvider clock, ILogger<ScheduleService> logger)
    : BackgroundService
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(3);

    private IScheduler? _scheduler;

    /// <summary>Brings the stored schedule in line with the table: what is unchanged keeps its next fire time, so that times missed while no worker was up are still known.</summary>
    internal static async Task ApplyAsync(IScheduler scheduler, IConfiguration configuration, CancellationToken cancellationToken)
    {
        foreach (var job in Schedule.Jobs)
        {
            var key = new JobKey(job.Name);
            if (job.EffectiveCron(configuration) is not { } cron)
            {
                await scheduler.DeleteJob(key, cancellationToken);
            }
            else if (!IsUnchanged(await scheduler.GetTrigger(new TriggerKey(job.Name), cancellationToken), job, cron))
            {
                await scheduler.ScheduleJob(Detail(job, key), [Trigger(job, cron)], new ScheduleJobOptions { Replace = true }, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_scheduler is not { } scheduler) return;
        try
        {
            await scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken).AsTask().WaitAsync(StopPatience, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Quartz signs off in the database, and tries for longer than an orchestrator waits where that has gone already. Its next start clears up.
            logger.LogWarning("The scheduler did not stop within {Patience}: the database does not answer", StopPatience);
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => database.KeepTryingAsync(
        async () =>
        {
            await ProbeAsync(stoppingToken);
            _scheduler = await factory.GetScheduler(stoppingToken);
            await ApplyAsync(_scheduler, configuration, stoppingToken);
            await _scheduler.Start(stoppingToken);
        },
        stoppingToken);

    /// <summary>Fails while the tables are out of reach: a scheduler of Quartz that meets that at its making is shut down and cannot be made again.</summary>
    private async Task ProbeAsync(CancellationToken stopping)
    {
        await using var command = dataSource.CreateCommand("select from quartz.qrtz_locks limit 0");
        await command.ExecuteNonQueryAsync(stopping);
    }

    private static bool IsUnchanged(ITrigger? stored, ScheduledJob job, string cron) =>
        stored is ICronTrigger trigger
        && trigger.CronExpressionString == cron
        && trigger.MisfireInstruction == job.Misfire
        && trigger.TimeZone.Equals(TimeZoneInfo.Utc);

    private static IJobDetail Detail(ScheduledJob job, JobKey key) => JobBuilder.Create<RequestRunJob>()
        .WithIdentity(key)
        .UsingJobData(RequestRunJob.Requests, job.Requests)
        .Build();

    private static ITrigger Trigger(ScheduledJob job, string cron) => TriggerBuilder.Create()
        .WithIdentity(job.Name)
        .WithCronSchedule(cron, schedule => schedule.InTimeZone(TimeZoneInfo.Utc).WithMisfireInstruction(job.Misfire))
        .Build();
}
