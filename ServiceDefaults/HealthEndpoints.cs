using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace Payments.ServiceDefaults;

/// <summary>The two probes that an orchestrator asks.</summary>
public static class HealthEndpoints
{
    /// <summary>Ready for work: every check passes, the database's too.</summary>
    public const string Ready = "/health";

    /// <summary>The process answers; a database that is away is no reason to restart it.</summary>
    public const string Live = "/alive";

    internal const string LiveTag = "live";

    /// <summary>Maps <see cref="Ready"/> and <see cref="Live"/>: 200 or 503 with one word, nothing that an onlooker could use.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealthChecks(Ready).AllowAnonymous().DisableHttpMetrics();
        app.MapHealthChecks(Live, new HealthCheckOptions { Predicate = check => check.Tags.Contains(LiveTag) })
            .AllowAnonymous().DisableHttpMetrics();
        return app;
    }
}
