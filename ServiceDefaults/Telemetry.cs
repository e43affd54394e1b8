using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Payments.ServiceDefaults;

/// <summary>Traces, metrics and logs, sent over OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says so. Npgsql's own come with its data source.</summary>
internal static class Telemetry
{
    /// <summary>Our own activity source and meter (<c>PipelineTelemetry.Name</c>; this library does not know the pipeline).</summary>
    private const string Payments = "Payments";

    /// <summary>The meter inside Quartz 4 (<c>QuartzInstrumentation.MeterName</c>). Its activity source is left out: a job has an activity of ours, and check-ins every few seconds need none.</summary>
    private const string Quartz = "Quartz";

    internal static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        var telemetry = builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing
                .AddSource(Payments)
                .AddAspNetCoreInstrumentation(web => web.Filter = IsNoProbe)
                .AddHttpClientInstrumentation())
            .WithMetrics(metrics => metrics
                .AddMeter(Payments, Quartz)
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation());

        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            telemetry.UseOtlpExporter();
        }
    }

    // A probe every few seconds would bury the traces that somebody looks for.
    private static bool IsNoProbe(HttpContext context) =>
        !context.Request.Path.StartsWithSegments(HealthEndpoints.Ready)
        && !context.Request.Path.StartsWithSegments(HealthEndpoints.Live);
}
