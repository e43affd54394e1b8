using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>The resources that an application can be made of.</summary>
public static class DistributedApplicationBuilderExtensions
{
    /// <summary>Adds a project, with the environment and the endpoints of its launch profile.</summary>
    /// <typeparam name="TProject">One of the generated classes in <c>Projects</c>.</typeparam>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new()
    {
        var metadata = new TProject();
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation(new Running.ProjectAnnotation(metadata.ProjectPath, metadata.TargetPath));
        if (LaunchProfile.Of(Path.GetDirectoryName(metadata.ProjectPath)!, builder.Configuration[LaunchProfile.Variable]) is not { } profile)
            return project;
        project.WithEnvironment(LaunchProfile.Variable, profile.Name);
        foreach (var (variable, value) in profile.EnvironmentVariables)
            project.WithEnvironment(variable, value);
        foreach (var url in (profile.ApplicationUrl ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(url => new Uri(url)))
            project.WithAnnotation(new EndpointAnnotation(url.Scheme, url.Scheme, url.Host, url.Port, isProxied: true));
        return project;
    }

    /// <summary>Adds a parameter with a value.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        publishValueAsDefault && secret
            ? throw new ArgumentException("A parameter cannot be both secret and published as a default value.", nameof(secret))
            : builder.AddResource(new ParameterResource(name, () => value, secret));

    /// <summary>Adds a connection string that the user gives in <c>ConnectionStrings:name</c>.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddResource(new GivenConnectionStringResource(name, () => builder.Configuration.GetConnectionString(name)
            ?? throw new DistributedApplicationException($"There is no connection string '{name}': set ConnectionStrings:{name}.")));

    /// <summary>Adds a connection string made of other resources.</summary>
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression)
    {
        var connection = builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));
        foreach (var source in connectionStringExpression.ValueProviders.OfType<IResource>())
            connection.WithAnnotation(new WaitAnnotation(source, null));
        return connection;
    }
}
