namespace Payments.Worker.Drop;

/// <summary>The drop folder as a way in.</summary>
internal static class DropFolderRegistration
{
    /// <summary>Adds the watch and the options of section <c>Drop</c>.</summary>
    public static IHostApplicationBuilder AddDropFolder(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DropOptions>().BindConfiguration(DropOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<DropFolder>();
        builder.Services.AddHostedService<DropFolderWatch>();
        return builder;
    }
}
