namespace Payments.Worker.Drop;

/// <summary>The drop folder as a way in.</summary>
internal static class DropFolderRegistration
{
    /// <summary>Adds the watch, its health check and the options of section <c>Drop</c>.</summary>
    public static IHostApplicationBuilder AddDropFolder(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DropOptions>().BindConfiguration(DropOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<SweepState>();
        builder.Services.AddSingleton<SweepRecord>();
        builder.Services.AddSingleton<DropFolder>();
        builder.Services.AddHostedService<DropFolderWatch>();
        builder.Services.AddHealthChecks().AddCheck<DropFolderHealth>(DropFolderHealth.Name);
        return builder;
    }
}
