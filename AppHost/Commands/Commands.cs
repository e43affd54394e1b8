using Microsoft.Extensions.Diagnostics.HealthChecks;

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
        service.WithCommand(name, title, execute, new CommandOptions
        {
            Description = description,
            IconName = icon,
            IsHighlighted = isHighlighted,
            Arguments = inputs ?? [],
            ConfirmationMessage = confirmation,
            Progress = progress is null ? null : new() { Title = title, Message = progress },
            UpdateState = context => context.ResourceSnapshot is { HealthStatus: HealthStatus.Healthy } && context.ResourceSnapshot.State?.Text == KnownResourceStates.Running
                ? ResourceCommandState.Enabled
                : ResourceCommandState.Disabled,
        });
}
