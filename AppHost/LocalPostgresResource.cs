using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Payments.LocalPostgres;

namespace Payments.AppHost;

/// <summary>A private PostgreSQL server, run like any other program of the application.</summary>
internal sealed class LocalPostgresResource(string name, LocalPostgresServer server)
    : ExecutableResource(name, server.Command.FileName, server.Command.WorkingDirectory)
{
    public LocalPostgresServer Server => server;
}

/// <summary>Adds private PostgreSQL servers and their databases.</summary>
internal static class LocalPostgresExtensions
{
    public static IResourceBuilder<LocalPostgresResource> AddLocalPostgres(this IDistributedApplicationBuilder builder, string name, LocalPostgresServer server)
    {
        var check = $"{name}_answers";
        builder.Services.AddHealthChecks().AddAsyncCheck(check, cancellationToken => AnswersAsync(server, cancellationToken));
        var resource = builder.AddResource(new LocalPostgresResource(name, server))
            .WithArgs([.. server.Command.Arguments])
            .WithEndpoint(port: server.Port, scheme: "tcp", name: "tcp", isProxied: false)
            .WithHealthCheck(check);
        foreach (var (variable, value) in server.Command.Environment)
            resource.WithEnvironment(variable, value);
        return resource;
    }

    /// <summary>Adds a database, which is created as soon as the server answers.</summary>
    public static IResourceBuilder<ConnectionStringResource> AddDatabase(this IResourceBuilder<LocalPostgresResource> postgres, string name, string databaseName)
    {
        var server = postgres.Resource.Server;
        postgres.OnResourceReady((_, _, cancellationToken) => CreateAsync(server, databaseName, cancellationToken));
        return postgres.ApplicationBuilder
            .AddConnectionString(name, ReferenceExpression.Create($"{server.ConnectionString(databaseName)}"))
            .WaitFor(postgres);
    }

    private static async Task<HealthCheckResult> AnswersAsync(LocalPostgresServer server, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(Unpooled(server));
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
        await using var connection = new NpgsqlConnection(Unpooled(server));
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
    private static string Unpooled(LocalPostgresServer server) =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString("postgres")) { Pooling = false }.ConnectionString;
}
