using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Payments.Database;

namespace Payments.ServiceDefaults;

/// <summary>The platform's database as every service sees it.</summary>
public static class PaymentsDatabase
{
    /// <summary>The connection string's name, and the AppHost's resource.</summary>
    public const string ConnectionName = "payments";

    /// <summary>
    /// Registers the pooled <see cref="NpgsqlDataSource"/> from the connection string <c>payments</c>, with its health check, traces and metrics, and the check
    /// that its login is not the owner's. What every data source of a service has is registered too, as <c>Action&lt;NpgsqlDataSourceBuilder&gt;</c>: for those that it makes itself.
    /// </summary>
    /// <exception cref="InvalidOperationException">The connection string is missing.</exception>
    /// <exception cref="StartRefusedException">A secret is one that the source publishes, and this is not Development.</exception>
    public static TBuilder AddPaymentsDatabase<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(ConnectionName)))
        {
            throw new InvalidOperationException(
                $"No database: set ConnectionStrings__{ConnectionName}, or start everything with 'dotnet run --project AppHost'.");
        }

        if (Refusals(builder).FirstOrDefault() is { } refusal)
        {
            throw new StartRefusedException(refusal);
        }

        var options = builder.Configuration.GetSection(DatabaseOptions.Section).Get<DatabaseOptions>() ?? new();
        var check = new LoginCheck(options.RunAsOwner);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(check);
        builder.Services.AddSingleton<Action<NpgsqlDataSourceBuilder>>(Configure);
        builder.Services.AddHostedService<LoginGuard>();
        builder.AddNpgsqlDataSource(
            ConnectionName,
            configureDataSourceBuilder: Configure);
        return builder;

        void Configure(NpgsqlDataSourceBuilder source)
        {
            source.ConnectionStringBuilder.ApplicationName ??= builder.Environment.ApplicationName;
            check.Guard(source.TraceStatements());
        }
    }

    // Every secret that a service is given (the pipeline's Cards:HashKey among them: this library does not know the pipeline).
    private static IEnumerable<string> Refusals(IHostApplicationBuilder builder)
    {
        var isDevelopment = builder.Environment.IsDevelopment();
        foreach (var connection in builder.Configuration.GetSection("ConnectionStrings").GetChildren())
        {
            if (PublishedSecrets.RefusalOfPassword(connection.Path, connection.Value, isDevelopment) is { } ofPassword)
            {
                yield return ofPassword;
            }
        }

        const string cardsHashKey = "Cards:HashKey";
        if (PublishedSecrets.Refusal(cardsHashKey, builder.Configuration[cardsHashKey], isDevelopment) is { } refusal)
        {
            yield return refusal;
        }
    }
}
