using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Payments.AppHost;

/// <summary>What a resource's state means for those who need it.</summary>
internal static class ResourceStates
{
    /// <summary>It runs, and all of its health checks pass.</summary>
    public static bool IsUp(this CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text == KnownResourceStates.Running && snapshot.HealthStatus == HealthStatus.Healthy;
}
