using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Payments.Api.Doors;

/// <summary>Where the server listens.</summary>
internal sealed class Listening(IServer server, IHostEnvironment environment)
{
    /// <summary>The addresses bound; empty before the server has started.</summary>
    public IReadOnlyCollection<string> Addresses => [.. server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []];

    /// <summary>Development, and nobody but this machine can connect.</summary>
    public bool IsLocalDevelopment => environment.IsDevelopment() && Addresses is { Count: > 0 } all && all.All(IsLoopback);

    private static bool IsLoopback(string address)
    {
        var host = BindingAddress.Parse(address).Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
    }
}
