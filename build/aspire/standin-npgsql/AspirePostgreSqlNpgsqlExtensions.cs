using Aspire.Npgsql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using OpenTelemetry.Metrics;

namespace Microsoft.Extensions.Hosting;

/// <summary>Stands in for Aspire.Npgsql where that package cannot be restored: same names, same settings, same telemetry.</summary>
public static class AspirePostgreSqlNpgsqlExtensions
{
    private const string Section = "Aspire:Npgsql";
    private const string HealthCheckName = "PostgreSql";

    /// <summary>Registers a pooled <see cref="NpgsqlDataSource"/> with its health check, traces and metrics.</summary>
    /// <param name="builder">The application to add to.</param>
    /// <param name="connectionName">Names the connection string in <c>ConnectionStrings</c>.</param>
    /// <param name="configureSettings">Runs after the settings were read.</param>
    /// <param name="configureDataSourceBuilder">Runs when the data source is first asked for.</param>
    /// <remarks>A missing connection string is an <see cref="InvalidOperationException"/> when the data source is first asked for, not before:
    /// by then a logger can tell it.</remarks>
    public static void AddNpgsqlDataSource(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<NpgsqlSettings>? configureSettings = null,
        Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var settings = new NpgsqlSettings();
        var section = builder.Configuration.GetSection(Section);
        section.Bind(settings);
        section.GetSection(connectionName).Bind(settings);
        settings.ConnectionString = builder.Configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;
        configureSettings?.Invoke(settings);

        builder.Services.AddNpgsqlDataSource(settings.ConnectionString ?? "", dataSource =>
        {
            if (string.IsNullOrWhiteSpace(settings.ConnectionString))
                throw new InvalidOperationException(
                    $"ConnectionString is missing. It should be provided in 'ConnectionStrings:{connectionName}' or under the 'ConnectionString' key in '{Section}' configuration section.");
            configureDataSourceBuilder?.Invoke(dataSource);
        });

        if (!settings.DisableHealthChecks && builder.Properties.TryAdd($"Aspire.HealthChecks.{HealthCheckName}", true))
            builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
                HealthCheckName, services => new NpgsqlHealthCheck(services.GetRequiredService<NpgsqlDataSource>()), failureStatus: null, tags: null));
        if (!settings.DisableTracing)
            builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddNpgsql());
        if (!settings.DisableMetrics)
            builder.Services.AddOpenTelemetry().WithMetrics(AddNpgsqlMetrics);
    }

    private static void AddNpgsqlMetrics(MeterProviderBuilder metrics)
    {
        // Npgsql measures seconds; the default buckets are made for milliseconds.
        var seconds = new ExplicitBucketHistogramConfiguration
        {
            Boundaries = [0, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
        };
        metrics.AddMeter("Npgsql");
        foreach (var histogram in (string[])["db.client.commands.duration", "db.client.connections.create_time", "db.client.operation.duration"])
            metrics.AddView(histogram, seconds);
    }
}
