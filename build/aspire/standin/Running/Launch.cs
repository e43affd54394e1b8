using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Running;

/// <summary>How one replica's process is started: program, arguments, environment, ports.</summary>
internal sealed class Launch
{
    private static readonly string[] OurOwnVariables =
        ["ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT", LaunchProfile.Variable];

    private readonly IResource _resource;
    private readonly string _id;
    private readonly IConfiguration _configuration;
    private readonly IReadOnlyList<(EndpointAnnotation Endpoint, int Port)> _endpoints;

    public Launch(IResource resource, string id, bool isFirst, bool randomizePorts, IConfiguration configuration)
    {
        (_resource, _id, _configuration) = (resource, id, configuration);
        _endpoints = [.. resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => (endpoint, PortOf(endpoint)))];

        int PortOf(EndpointAnnotation endpoint)
        {
            var wanted = endpoint.Port is { } port && isFirst && !(randomizePorts && endpoint.IsProxied) ? port : FreePort();
            if (isFirst)
                endpoint.AllocatedPort = wanted;
            return wanted;
        }
    }

    public ImmutableArray<UrlSnapshot> Urls => [.. _endpoints.Select(entry => new UrlSnapshot(entry.Endpoint.Name, entry.Endpoint.Url(entry.Port), IsInternal: false))];

    /// <summary>What to start, now that everything it refers to is known.</summary>
    /// <exception cref="DistributedApplicationException">The project is not built, or a port of it is taken.</exception>
    public async Task<ProcessStartInfo> PrepareAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo();
        var arguments = _resource.Annotations.OfType<ArgumentsAnnotation>().SelectMany(annotation => annotation.Arguments);
        foreach (var variable in OurOwnVariables)
            start.Environment.Remove(variable);

        if (_resource is ExecutableResource executable)
        {
            OwnSession.Configure(start, executable.Command, arguments);
            start.WorkingDirectory = executable.WorkingDirectory;
        }
        else
        {
            var project = _resource.Annotations.OfType<ProjectAnnotation>().Single();
            if (!File.Exists(project.TargetPath))
                throw new DistributedApplicationException($"{project.TargetPath} does not exist: build the project first.");
            OwnSession.Configure(start, DotnetPath(), [project.TargetPath, .. arguments]);
            start.WorkingDirectory = Path.GetDirectoryName(project.ProjectPath)!;
            DemandFreePorts();
            SetProjectDefaults(start.Environment);
        }

        foreach (var variable in _resource.Annotations.OfType<EnvironmentVariableAnnotation>())
            start.Environment[variable.Name] = await variable.Value(cancellationToken);
        return start;
    }

    private void SetProjectDefaults(IDictionary<string, string?> environment)
    {
        if (_endpoints.Count > 0)
            environment["ASPNETCORE_URLS"] = string.Join(';', _endpoints.Select(entry => entry.Endpoint.Url(entry.Port)));
        environment["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
        environment["LOGGING__CONSOLE__FORMATTEROPTIONS__SINGLELINE"] = "true";
        if (ResourceLog.UsesColor)
            environment["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true";

        environment["OTEL_SERVICE_NAME"] = _resource.Name;
        environment["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={_id}";
        if (Telemetry.EndpointIn(_configuration) is { } telemetry)
        {
            environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = telemetry.Endpoint;
            environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = telemetry.Protocol;
            if (telemetry.Headers is { } headers)
                environment["OTEL_EXPORTER_OTLP_HEADERS"] = headers;
        }
    }

    private void DemandFreePorts()
    {
        foreach (var (endpoint, port) in _endpoints)
            if (IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(listener => listener.Port == port))
                throw new DistributedApplicationException($"Port {port}, its {endpoint.Name} endpoint, is in use by another process.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The host of the runtime that runs us, whatever PATH says.</summary>
    private static string DotnetPath()
    {
        var runtime = System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory();
        var host = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        return File.Exists(host) ? host : "dotnet";
    }
}
