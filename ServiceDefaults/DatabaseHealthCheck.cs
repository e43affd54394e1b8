using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Payments.ServiceDefaults;

/// <summary>Asks the database on a pooled connection, so that a probe costs no login.</summary>
internal sealed class DatabaseHealthCheck(NpgsqlDataSource database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("select 1");
        await command.ExecuteScalarAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
