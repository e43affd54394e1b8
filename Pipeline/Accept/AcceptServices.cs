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
    public static IServiceCollection AddPaymentAcceptance(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AcceptOptions>().Bind(configuration.GetSection(AcceptOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => new AcceptConnections(configuration, provider.GetRequiredService<Action<NpgsqlDataSourceBuilder>>()));
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
