using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Payments.ServiceDefaults;

/// <summary>The platform's database as every service sees it.</summary>
public static class PaymentsDatabase
{
    /// <summary>The connection string's name, and the AppHost's resource.</summary>
    public const string ConnectionName = "payments";

    /// <summary>Registers the pooled <see cref="NpgsqlDataSource"/> from the connection string <c>payments</c>, with its health check, traces and metrics.</summary>
    /// <exception cref="InvalidOperationException">The connection string is missing.</exception>
    public static TBuilder AddPaymentsDatabase<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(ConnectionName)))
        {
            throw new InvalidOperationException(
                $"No database: set ConnectionStrings__{ConnectionName}, or start everything with 'dotnet run --project AppHost'.");
        }

        builder.AddNpgsqlDataSource(
            ConnectionName,
            configureDataSourceBuilder: source => source.TraceStatements().ConnectionStringBuilder.ApplicationName ??= builder.Environment.ApplicationName);
        return builder;
    }

    /// <summary>Another data source than the registered one, where sessions need settings of their own.</summary>
    /// <param name="settings">Its connection string.</param>
    public static NpgsqlDataSource CreateDataSource(NpgsqlConnectionStringBuilder settings) =>
        new NpgsqlDataSourceBuilder(settings.ConnectionString).TraceStatements().Build();
}
