namespace Payments.AppHost.Tests;

/// <summary>A system of a test class's own, from a new database to services that are healthy.</summary>
public sealed class RunningSystem : IAsyncLifetime
{
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(5));

    public DistributedApplication App { get; private set; } = null!;

    /// <summary>Ends what takes far too long.</summary>
    public CancellationToken Timeout => _timeout.Token;

    public async Task InitializeAsync()
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(PrivateServer.NewArguments(), Timeout);
        App = await builder.BuildAsync(Timeout);
        await App.StartAsync(Timeout);
        await App.ResourceNotifications.WaitForResourceHealthyAsync("worker", Timeout);
        await App.ResourceNotifications.WaitForResourceHealthyAsync("api", Timeout);
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        _timeout.Dispose();
    }
}
