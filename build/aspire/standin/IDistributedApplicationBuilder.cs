using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Builds the model of an application.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>Settings: appsettings, user secrets, environment variables, command line.</summary>
    ConfigurationManager Configuration { get; }

    /// <summary>The folder of the app host's project.</summary>
    string AppHostDirectory { get; }

    /// <summary>Development, or another environment.</summary>
    IHostEnvironment Environment { get; }

    /// <summary>The app host's own services.</summary>
    IServiceCollection Services { get; }

    /// <summary>Whether the application is to run or to be published.</summary>
    DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <summary>The model so far.</summary>
    IList<IResource> Resources { get; }

    /// <summary>Adds a resource.</summary>
    /// <exception cref="DistributedApplicationException">There is one of this name.</exception>
    IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource;

    /// <summary>Says more about a resource.</summary>
    IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource;

    /// <summary>Makes the application.</summary>
    DistributedApplication Build();
}

/// <summary>Whether the application is to run or to be published.</summary>
/// <param name="isPublishMode">True to publish.</param>
public sealed class DistributedApplicationExecutionContext(bool isPublishMode)
{
    /// <summary>The model is to be published, not run.</summary>
    public bool IsPublishMode => isPublishMode;

    /// <summary>The model is to be run here.</summary>
    public bool IsRunMode => !isPublishMode;
}

/// <summary>Where a project is.</summary>
public interface IProjectMetadata
{
    /// <summary>The project file.</summary>
    string ProjectPath { get; }

    /// <summary>The assembly that building the project makes.</summary>
    string TargetPath { get; }
}

/// <summary>The application cannot be built or run as it was described.</summary>
/// <param name="message">Why.</param>
public sealed class DistributedApplicationException(string message) : Exception(message);
