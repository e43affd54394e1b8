using Microsoft.Extensions.DependencyInjection;

namespace Payments.AppHost.Commands;

/// <summary>How every command of the platform looks.</summary>
internal static class Commands
{
    /// <summary>Adds a command that is disabled while its service is down.</summary>
    public static IResourceBuilder<ProjectResource> WithCommand(
        this IResourceBuilder<ProjectResource> service,
        string name,
        string title,
        string description,
        string icon,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> execute,
        IReadOnlyList<InteractionInput>? inputs = null,
        string? confirmation = null,
        string? progress = null,
        bool isHighlighted = false) =>
        service.WithCommand(name, title, context => RunAsync(context, execute), new CommandOptions
        {
            Description = description,
            IconName = icon,
            IsHighlighted = isHighlighted,
            Arguments = inputs ?? [],
            ConfirmationMessage = confirmation,
            Progress = progress is null ? null : new() { Title = title, Message = progress },
            UpdateState = context => context.ResourceSnapshot.IsUp() ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
        });

    // The dashboard does not offer what is disabled; a shell asks all the same.
    private static Task<ExecuteCommandResult> RunAsync(ExecuteCommandContext context, Func<ExecuteCommandContext, Task<ExecuteCommandResult>> execute) =>
        context.Services.GetRequiredService<ResourceNotificationService>().TryGetCurrentState(context.ResourceName, out var current) && !current.Snapshot.IsUp()
            ? Task.FromResult(CommandResults.Failure(
                $"{current.Resource.Name} is not up ({current.Snapshot.State?.Text ?? "unknown"}): "
                + $"start it first, with 'aspire resource {current.Resource.Name} start' or in the dashboard."))
            : execute(context);
}
