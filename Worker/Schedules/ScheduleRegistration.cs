using Payments.Database;
using Quartz;

namespace Payments.Worker.Schedules;

/// <summary>Quartz as the worker uses it: clustered, its state in the schema <c>quartz</c> that the migrator makes.</summary>
internal static class ScheduleRegistration
{
    private const int Threads = 2;

    /// <summary>Adds the scheduler and checks every cron setting at once.</summary>
    /// <exception cref="FormatException">A setting <c>Jobs:…:Cron</c> is no cron expression.</exception>
    public static IHostApplicationBuilder AddSchedule(this IHostApplicationBuilder builder)
    {
        foreach (var job in Schedule.Jobs) job.EffectiveCron(builder.Configuration);

        builder.Services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler => scheduler.InstanceName = "payments");
            quartz.UseDefaultThreadPool(Threads);
            quartz.UsePersistentStore(store =>
            {
                store.ConfigureStore(options => options.TablePrefix = QuartzTables.Prefix);
                store.UsePostgres(source => source.UseRegisteredDataSource = true);
                store.UseClustering();
                store.UseSystemTextJsonSerializer();
            });
        });
        builder.Services.AddHostedService<ScheduleService>();
        return builder;
    }
}
