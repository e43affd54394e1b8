namespace Aspire.Hosting.ApplicationModel;

/// <summary>A program that the application runs.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="command">The program.</param>
/// <param name="workingDirectory">The folder that it runs in.</param>
public class ExecutableResource(string name, string command, string workingDirectory)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
{
    /// <summary>The program.</summary>
    public string Command => command;

    /// <summary>The folder that it runs in.</summary>
    public string WorkingDirectory => workingDirectory;
}

/// <summary>A .NET project that the application runs from its built output.</summary>
/// <param name="name">The resource's name.</param>
public class ProjectResource(string name)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport;

/// <summary>A value from the configuration.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="value">Gets the value.</param>
/// <param name="secret">Whether it is to be hidden.</param>
public class ParameterResource(string name, Func<string> value, bool secret) : Resource(name), IValueProvider, IManifestExpressionProvider
{
    /// <summary>Whether the value is to be hidden.</summary>
    public bool Secret => secret;

    /// <inheritdoc/>
    public string ValueExpression => $"{{{Name}.value}}";

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(value());
}

/// <summary>A connection string that the user gives in the configuration.</summary>
internal sealed class GivenConnectionStringResource(string name, Func<string> value)
    : ParameterResource(name, value, secret: true), IResourceWithConnectionString
{
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{new Value(this)}");

    /// <summary>The resource's value as a parameter, since as a connection string it would refer to itself.</summary>
    private sealed class Value(ParameterResource parameter) : IValueProvider, IManifestExpressionProvider
    {
        public string ValueExpression => parameter.ValueExpression;

        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => parameter.GetValueAsync(cancellationToken);
    }
}

/// <summary>A PostgreSQL server in a container, for the model only: the stand-in runs processes, not containers.</summary>
/// <param name="name">The resource's name.</param>
public sealed class PostgresServerResource(string name) : Resource(name), IResourceWithConnectionString
{
    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression => throw ContainersNeedAspire();

    internal static DistributedApplicationException ContainersNeedAspire() =>
        new("The stand-in for Aspire runs processes, not containers.");
}

/// <summary>A database of a PostgreSQL server in a container, for the model only.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="databaseName">The database's name.</param>
/// <param name="parent">The server.</param>
public sealed class PostgresDatabaseResource(string name, string databaseName, PostgresServerResource parent)
    : Resource(name), IResourceWithParent<PostgresServerResource>, IResourceWithConnectionString
{
    /// <inheritdoc/>
    public PostgresServerResource Parent => parent;

    /// <summary>The database's name.</summary>
    public string DatabaseName => databaseName;

    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression => throw PostgresServerResource.ContainersNeedAspire();
}
