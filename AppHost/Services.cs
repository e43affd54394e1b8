using System.Globalization;
using Microsoft.Extensions.Configuration;
using Payments.AppHost.Data;

namespace Payments.AppHost;

/// <summary>What the services are given.</summary>
internal static class Services
{
    /// <summary>What every service of the platform has: an icon, this application's environment, a stop that leaves it time.</summary>
    public static IResourceBuilder<ProjectResource> WithCommonSettings(this IResourceBuilder<ProjectResource> service, string icon)
    {
        // Loopback and plain HTTP in development: without this the dashboard asks for a development certificate that nobody needs.
        service.WithIconName(icon).WithoutHttpsCertificate();
        if (!service.ApplicationBuilder.ExecutionContext.IsRunMode) return service;

        // A launch profile says Development whatever this application's environment is.
        var environment = service.ApplicationBuilder.Environment.EnvironmentName;
        return service
            .WithEnvironment("DOTNET_ENVIRONMENT", environment)
            .WithEnvironment("ASPNETCORE_ENVIRONMENT", environment)
            // Aspire has exporters retry in memory. When everything stops, the dashboard is gone first: a service then tries to send its last telemetry for longer than DCP waits
            // before it kills it, and nothing is handed back.
            .WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "");
    }

    /// <summary>Gives it a connection string, and nothing else about the server: <c>WithReference</c> would add the superuser's name and password one by one.</summary>
    public static IResourceBuilder<ProjectResource> WithConnection(this IResourceBuilder<ProjectResource> service, string name, ReferenceExpression connectionString) =>
        service.WithEnvironment($"ConnectionStrings__{name}", connectionString);

    /// <summary>The worker can make the schema when asked to initialise; elsewhere that is the operator's business, and on a server of the user's too.</summary>
    public static IResourceBuilder<ProjectResource> WithOwnerInDevelopment(this IResourceBuilder<ProjectResource> service, PaymentsDatabase database) =>
        service.IsDevelopmentOn(database) ? service.WithConnection("payments-owner", database.Owner) : service;

    /// <summary>Starts when the database can be connected to. A server of the user's runs already.</summary>
    public static IResourceBuilder<ProjectResource> WaitForDatabase(this IResourceBuilder<ProjectResource> service, PaymentsDatabase database) =>
        database.IsOurs ? service.WaitFor(database.Resource) : service;

    /// <summary>The passwords of the logins that the migrator makes. A login without one is neither created nor altered.</summary>
    public static IResourceBuilder<ProjectResource> WithLoginPasswords(this IResourceBuilder<ProjectResource> migrator, Secrets secrets) => migrator
        .WithSecret("Database__ApiPassword", secrets.Api)
        .WithSecret("Database__WorkerPassword", secrets.Worker)
        .WithSecret("Database__BiPassword", secrets.Bi);

    /// <summary>The key of card hashes; without one no file with card numbers is taken.</summary>
    public static IResourceBuilder<ProjectResource> WithCardHashKey(this IResourceBuilder<ProjectResource> service, Secrets secrets) =>
        service.WithSecret("Cards__HashKey", secrets.CardHashKey);

    /// <summary>The folder that API and worker share; a published application asks for it.</summary>
    public static IResourceBuilder<ProjectResource> WithStorage(this IResourceBuilder<ProjectResource> service, CheckoutFolders folders) =>
        folders.Published is { } parameter ? service.WithEnvironment("Storage__Path", parameter) : service.WithEnvironment("Storage__Path", folders.Storage);

    /// <summary>Samples and simulated issues are only for a database that was started for them; the setting <c>Enabled</c> of the section decides otherwise.</summary>
    public static IResourceBuilder<ProjectResource> WithEnabledInDevelopment(
        this IResourceBuilder<ProjectResource> service, PaymentsDatabase database, params string[] sections)
    {
        if (service.IsDevelopmentOn(database))
            foreach (var section in sections)
                service.WithEnvironment($"{section}__Enabled", "true");
        return service;
    }

    /// <summary>Another port than the launch profile's (<c>Api:Port</c>).</summary>
    public static IResourceBuilder<ProjectResource> WithPort(this IResourceBuilder<ProjectResource> service, string? port) =>
        port is null ? service : service.WithEndpoint("http", endpoint => endpoint.Port = int.Parse(port, CultureInfo.InvariantCulture));

    /// <summary>Forwards the sections of settings that are the service's own, such as <c>--Generate:Payments=50000</c>.</summary>
    public static IResourceBuilder<ProjectResource> WithSettings(this IResourceBuilder<ProjectResource> service, params string[] sections)
    {
        foreach (var (key, value) in sections.SelectMany(section => service.ApplicationBuilder.Configuration.GetSection(section).AsEnumerable()))
            if (value is not null)
                service.WithEnvironment(key.Replace(":", "__", StringComparison.Ordinal), value);
        return service;
    }

    private static bool IsDevelopmentOn(this IResourceBuilder<ProjectResource> service, PaymentsDatabase database) =>
        service.ApplicationBuilder.ExecutionContext.IsRunMode && database.IsOurs;

    private static IResourceBuilder<ProjectResource> WithSecret(
        this IResourceBuilder<ProjectResource> service, string variable, IResourceBuilder<ParameterResource>? secret) =>
        secret is null ? service : service.WithEnvironment(variable, secret);
}
