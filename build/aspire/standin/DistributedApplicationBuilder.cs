using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Running;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _host;
    private readonly TestedEntryPoint? _test;

    /// <param name="args">The command line.</param>
    /// <param name="test">The program under test that builds this application, if one does.</param>
    /// <param name="isTest">Started and looked at by a test: no fixed ports, no dashboard, no table.</param>
    public DistributedApplicationBuilder(string[] args, TestedEntryPoint? test, bool isTest)
    {
        _test = test;
        var appHost = test?.Assembly ?? Assembly.GetEntryAssembly();
        AppHostDirectory = appHost?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == "apphostprojectpath")?.Value
            ?? Directory.GetCurrentDirectory();
        var settings = new ConfigurationManager();
        var profile = LaunchProfile.Of(AppHostDirectory, System.Environment.GetEnvironmentVariable(LaunchProfile.Variable));
        settings.AddInMemoryCollection(AppHostSettings(profile, isTest));
        _host = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            Args = args,
            ContentRootPath = Directory.Exists(AppHostDirectory) ? AppHostDirectory : null,
            ApplicationName = appHost?.GetName().Name,
            Configuration = settings,
        });
        // Tells a model that asks for a container runtime that there is none: only processes are run here.
        Configuration["ASPIRE_CONTAINER_RUNTIME"] = "none";
        ExecutionContext = new DistributedApplicationExecutionContext(
            Configuration["operation"] is "publish" || Configuration["publisher"] is not null);

        _host.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        _host.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        Services.AddHealthChecks();
        Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(1));
        Services.AddSingleton(new ApplicationSettings(
            AppHostDirectory,
            RandomizePorts: Configuration.GetValue("DcpPublisher:RandomizePorts", isTest),
            StopsOnFailure: !isTest,
            DashboardUrl: isTest ? null : Configuration["ASPNETCORE_URLS"] ?? profile?.ApplicationUrl,
            ShowsTable: !isTest));
        Services.AddSingleton<IReadOnlyList<IResource>>(_ => [.. Resources]);
        Services.AddSingleton<ResourceNotificationService>();
        Services.AddSingleton<ResourceLog>();
        Services.AddSingleton<ChildJournal>();
        Services.AddSingleton<Reaper>();
        Services.AddSingleton<ChildProcesses>();
        Services.AddSingleton<Orchestrator>();
        Services.AddHostedService(services => services.GetRequiredService<Orchestrator>());
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public string AppHostDirectory { get; }

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IList<IResource> Resources { get; } = [];

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        if (Resources.Any(other => string.Equals(other.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
            throw new DistributedApplicationException($"Cannot add resource '{resource.Name}': there is one of this name.");
        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build() => _test is null ? BuildHost() : _test.Build(this);

    internal DistributedApplication BuildHost() => new(_host.Build(), ExecutionContext, _test);

    /// <summary>What <c>dotnet run</c> would have put into the environment, for those who start the built app host directly or test it.</summary>
    private static IEnumerable<KeyValuePair<string, string?>> AppHostSettings(LaunchProfile? profile, bool isTest)
    {
        if (profile is null || (!isTest && System.Environment.GetEnvironmentVariable(LaunchProfile.Variable) is not null))
            yield break;
        foreach (var (name, value) in profile.EnvironmentVariables.Where(variable => System.Environment.GetEnvironmentVariable(variable.Key) is null))
        {
            yield return new(name, value);
            if (name is "DOTNET_ENVIRONMENT")
                yield return new("environment", value);
        }

        yield return new(LaunchProfile.Variable, profile.Name);
    }

    private sealed class ResourceBuilder<T>(IDistributedApplicationBuilder application, T resource) : IResourceBuilder<T>
        where T : IResource
    {
        public IDistributedApplicationBuilder ApplicationBuilder => application;

        public T Resource => resource;

        public IResourceBuilder<T> WithAnnotation<TAnnotation>(TAnnotation annotation)
            where TAnnotation : IResourceAnnotation
        {
            resource.Annotations.Add(annotation);
            return this;
        }
    }
}
