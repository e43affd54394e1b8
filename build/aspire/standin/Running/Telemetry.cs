using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Running;

/// <summary>
/// Where the services send their telemetry: to <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> if the app host has it, else to the dashboard's OTLP
/// address if something listens there (a dashboard started by hand), else nowhere.
/// </summary>
internal sealed record Telemetry(string Endpoint, string Protocol, string? Headers)
{
    private const string Grpc = "grpc";

    public static Telemetry? EndpointIn(IConfiguration configuration)
    {
        if (configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } endpoint)
            return new(endpoint, configuration["OTEL_EXPORTER_OTLP_PROTOCOL"] ?? Grpc, configuration["OTEL_EXPORTER_OTLP_HEADERS"]);
        return configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] is { Length: > 0 } dashboard && Listens(new Uri(dashboard))
            ? new(dashboard, Grpc, null)
            : null;
    }

    private static bool Listens(Uri address)
    {
        try
        {
            using var client = new TcpClient();
            return client.ConnectAsync(address.Host, address.Port).Wait(TimeSpan.FromSeconds(1));
        }
        catch (AggregateException)
        {
            return false;
        }
    }
}
