using Microsoft.Extensions.Options;

namespace Payments.Api.Doors;

/// <summary>Refuses to start where anybody could call and no key is set. (Until it has spoken every call without a key is a 401 anyway.)</summary>
internal sealed class StartGuard(Listening listening, IOptions<ApiOptions> options) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken) =>
        options.Value.Keys.Count > 0 || listening.IsLocalDevelopment
            ? Task.CompletedTask
            : throw new InvalidOperationException(
                $"The API does not serve {string.Join(", ", listening.Addresses)} without keys: only in Development, on loopback, it needs none. "
                + "Set Api__Keys__0__Name, Api__Keys__0__Role (reader, operator or admin) and Api__Keys__0__Sha256 (printf %s \"$KEY\" | sha256sum).");

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
