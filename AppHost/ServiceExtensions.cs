using Microsoft.Extensions.Configuration;

namespace Payments.AppHost;

/// <summary>What the services are given beside their connection strings.</summary>
internal static class ServiceExtensions
{
    /// <summary>Starts when the database can be connected to. A server of the user's runs already.</summary>
    public static IResourceBuilder<ProjectResource> WaitForDatabase(this IResourceBuilder<ProjectResource> service, PaymentsDatabase database) =>
        database.IsOurs ? service.WaitFor(database.Owner) : service;

    /// <summary>The worker can make the schema when asked to initialise; elsewhere that is the operator's business.</summary>
    public static IResourceBuilder<ProjectResource> WithOwnerInDevelopment(this IResourceBuilder<ProjectResource> service, PaymentsDatabase database) =>
        service.ApplicationBuilder.ExecutionContext.IsRunMode ? service.WithReference(database.Owner, connectionName: "payments-owner") : service;

    /// <summary>Samples and simulated issues are only for a database that was started for them; the setting <c>Enabled</c> of the section decides otherwise.</summary>
    public static IResourceBuilder<ProjectResource> WithEnabledInDevelopment(
        this IResourceBuilder<ProjectResource> service, PaymentsDatabase database, params string[] sections)
    {
        if (service.ApplicationBuilder.ExecutionContext.IsRunMode && database.IsOurs)
            foreach (var section in sections)
                service.WithEnvironment($"{section}__Enabled", "true");
        return service;
    }

    /// <summary>Another port than the launch profile's (<c>Api:Port</c>).</summary>
    public static IResourceBuilder<ProjectResource> WithPort(this IResourceBuilder<ProjectResource> service, int? port) =>
        port is null ? service : service.WithEndpoint("http", endpoint => endpoint.Port = port);

    /// <summary>Forwards the sections of settings that are the service's own, such as <c>--Generate:Payments=50000</c>.</summary>
    public static IResourceBuilder<ProjectResource> WithSettings(this IResourceBuilder<ProjectResource> service, params string[] sections)
    {
        foreach (var (key, value) in sections.SelectMany(section => service.ApplicationBuilder.Configuration.GetSection(section).AsEnumerable()))
            if (value is not null)
                service.WithEnvironment(key.Replace(":", "__", StringComparison.Ordinal), value);
        return service;
    }
}
