using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Payments.Worker.Drop;

/// <summary>Degraded while a sweep is stuck or the last one failed: the worker does its other work all the same.</summary>
internal sealed class DropFolderHealth(SweepState sweeps) : IHealthCheck
{
    /// <summary>The check's name.</summary>
    public const string Name = "drop_folder";

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        sweeps.Report() is { Status: not SweepReport.Watching } report ? HealthCheckResult.Degraded(report.Error) : HealthCheckResult.Healthy());
}
