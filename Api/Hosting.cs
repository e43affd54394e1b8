using Microsoft.AspNetCore.ResponseCompression;

namespace Payments.Api;

/// <summary>How the server answers: where, and how small.</summary>
internal static class Hosting
{
    private const string DefaultAddress = "http://localhost:8001";

    private static readonly string[] AddressKeys = [WebHostDefaults.ServerUrlsKey, WebHostDefaults.HttpPortsKey, WebHostDefaults.HttpsPortsKey];

    /// <summary>Listens on the contract's port where nobody says otherwise, goes on in the threads that read, and does not let a slow reader hold up a stop.</summary>
    public static WebApplicationBuilder AddAddress(this WebApplicationBuilder builder)
    {
        var isGiven = AddressKeys.Any(key => !string.IsNullOrEmpty(builder.Configuration[key]))
            || builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();
        if (!isGiven)
        {
            builder.WebHost.UseUrls(DefaultAddress);
        }

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        // A request goes on where its socket was read: each way to another thread wakes one. As long as the runtime does not complete sockets inline too, which it
        // does not by default, that is a thread of the pool, and one that works long holds up nobody else's socket. Measured in ADR 23.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        return builder;
    }

    /// <summary>Compresses what compresses well, streams included.</summary>
    public static WebApplicationBuilder AddCompression(this WebApplicationBuilder builder)
    {
        builder.Services.AddResponseCompression(options =>
        {
            // Answers hold no secret beside text that an attacker chooses, which is what compression under TLS could give away.
            options.EnableForHttps = true;
            options.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/problem+json", "text/csv"];
        });
        return builder;
    }
}
