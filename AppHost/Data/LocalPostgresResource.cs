using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Payments.LocalPostgres;

namespace Payments.AppHost.Data;

/// <summary>A private PostgreSQL server, run like any other program of the application.</summary>
internal sealed class LocalPostgresResource(string name, LocalPostgresServer server)
    : ExecutableResource(name, server.Command.FileName, server.Command.WorkingDirectory)
{
    public LocalPostgresServer Server => server;
}

/// <summary>A database of a private server.</summary>
internal sealed class LocalPostgresDatabaseResource(string name, string databaseName, LocalPostgresResource server)
    : Resource(name), IResourceWithConnectionString, IResourceWithParent<LocalPostgresResource>
{
    public string DatabaseName => databaseName;

    public LocalPostgresResource Parent => server;

    /// <summary>The superuser's.</summary>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{server.Server.ConnectionString(databaseName)}");
}

/// <summary>Adds private PostgreSQL servers and their databases.</summary>
internal static class LocalPostgresExtensions
{
    public static IResourceBuilder<LocalPostgresResource> AddLocalPostgres(this IDistributedApplicationBuilder builder, string name, LocalPostgresServer server)
    {
        var resource = builder.AddResource(new LocalPostgresResource(name, server))
            .WithArgs([.. server.Command.Arguments])
            .WithEndpoint(port: server.Port, scheme: "tcp", name: "tcp", isProxied: false)
            .WithUrlForEndpoint("tcp", url => url.DisplayLocation = UrlDisplayLocation.DetailsOnly)
            .WithHealthCheck(builder.AddConnectionCheck($"{name}_answers", server, "postgres"));
        foreach (var (variable, value) in server.Command.Environment)
            resource.WithEnvironment(variable, value);
        return resource;
    }

    /// <summary>Adds a database, which is created as soon as the server answers.</summary>
    public static IResourceBuilder<LocalPostgresDatabaseResource> AddDatabase(this IResourceBuilder<LocalPostgresResource> postgres, string name, string databaseName)
    {
        var server = postgres.Resource.Server;
        var database = postgres.ApplicationBuilder.AddResource(new LocalPostgresDatabaseResource(name, databaseName, postgres.Resource))
            .WithHealthCheck(postgres.ApplicationBuilder.AddConnectionCheck($"{name}_answers", server, databaseName))
            .WithInitialState(new() { ResourceType = "PostgreSQL database", Properties = [new(CustomResourceKnownProperties.Source, databaseName)], State = KnownResourceStates.Waiting });
        postgres.OnResourceReady(async (_, ready, cancellationToken) =>
        {
            await CreateAsync(server, databaseName, cancellationToken);
            await ready.Services.GetRequiredService<ResourceNotificationService>()
                .PublishUpdateAsync(database.Resource, snapshot => snapshot with { State = KnownResourceStates.Running });
        });
        return database;
    }

    private static string AddConnectionCheck(this IDistributedApplicationBuilder builder, string name, LocalPostgresServer server, string database)
    {
        builder.Services.AddHealthChecks().AddAsyncCheck(name, cancellationToken => AnswersAsync(server, database, cancellationToken));
        return name;
    }

    private static async Task<HealthCheckResult> AnswersAsync(LocalPostgresServer server, string database, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(Unpooled(server, database));
            await connection.OpenAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (NpgsqlException e)
        {
            return HealthCheckResult.Unhealthy(e.Message, e);
        }
    }

    private static async Task CreateAsync(LocalPostgresServer server, string database, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Unpooled(server, "postgres"));
        await connection.OpenAsync(cancellationToken);
        await using var exists = new NpgsqlCommand("select exists (select from pg_database where datname = $1)", connection);
        exists.Parameters.AddWithValue(database);
        if (await exists.ExecuteScalarAsync(cancellationToken) is true)
            return;
        using var quoting = new NpgsqlCommandBuilder();
        await using var create = new NpgsqlCommand($"create database {quoting.QuoteIdentifier(database)}", connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    // The server is stopped as soon as its clients are gone: no connection of ours may linger in a pool.
    private static string Unpooled(LocalPostgresServer server, string database) =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString(database)) { Pooling = false }.ConnectionString;
}
