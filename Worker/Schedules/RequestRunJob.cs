using System.Globalization;
using Payments.Pipeline;
using Payments.Pipeline.Runs;
using Quartz;

namespace Payments.Worker.Schedules;

/// <summary>What every job of the schedule does: it asks for its run, under a key that is the same for the same fire time on every worker.</summary>
[DisallowConcurrentExecution]
internal sealed class RequestRunJob(RunQueue queue, ILogger<RequestRunJob> logger) : IJob
{
    /// <summary>The entry of the job's data that names the kind of run.</summary>
    public const string Requests = "requests";

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var job = context.JobDetail.Key.Name;
        using var activity = PipelineTelemetry.Source.StartActivity($"job {job}");
        var fireTime = (context.ScheduledFireTimeUtc ?? context.FireTimeUtc).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var runId = await queue.RequestAsync(
            context.JobDetail.JobDataMap.GetString(Requests)!, $"schedule:{job}:{fireTime}", RunRequester.Schedule, cancellationToken: cancellationToken);
        logger.LogInformation("Job {Job} of {FireTime} asks for run {RunId}", job, fireTime, runId);
    }
}
