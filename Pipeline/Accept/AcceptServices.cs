using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Payments.Pipeline.Score;

namespace Payments.Pipeline.Accept;

/// <summary>Registers the acceptance of payments, where a host has callers who send them.</summary>
public static class AcceptServices
{
    /// <summary>Adds <see cref="PaymentAcceptance"/> and its options (section Accept).</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The host's configuration.</param>
    /// <param name="createDataSource">Makes data sources as the host does, for connections with settings of their own.</param>
    public static IServiceCollection AddPaymentAcceptance(
        this IServiceCollection services, IConfiguration configuration, Func<NpgsqlConnectionStringBuilder, NpgsqlDataSource> createDataSource)
    {
        services.AddOptions<AcceptOptions>().Bind(configuration.GetSection(AcceptOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(_ => new AcceptConnections(configuration, createDataSource));
        services.AddSingleton(provider => new PaymentAcceptance(
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<AcceptConnections>(),
            provider.GetRequiredService<IOptions<AcceptOptions>>(),
            provider.GetRequiredService<BatchScorer>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PaymentAcceptance>>()));
        services.AddHostedService(provider => provider.GetRequiredService<PaymentAcceptance>());
        services.AddHostedService<AnswerSweep>();
        services.AddHostedService<LaneSweep>();
        return services;
    }
}
