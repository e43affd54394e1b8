using Microsoft.Extensions.DependencyInjection.Extensions;
using Payments.Worker.Kinds;

namespace Payments.Worker.Runs;

/// <summary>What the worker needs to pick up runs and do them.</summary>
internal static class RunPickUpRegistration
{
    /// <summary>Adds the slots, the kinds of runs and the options of section <c>Etl</c>.</summary>
    public static IHostApplicationBuilder AddRunPickUp(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<EtlOptions>().BindConfiguration(EtlOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<DatabaseWatch>();
        builder.Services.AddSingleton<RunConnections>();
        builder.Services.AddRunKinds();
        builder.Services.AddHostedService<FirstRun>();
        builder.Services.AddHostedService<RunPickUp>();
        return builder;
    }
}
