using System.Net;
using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Running;

/// <summary>One page with the resources and the latest log lines, for this machine only.</summary>
internal sealed class Dashboard : IAsyncDisposable
{
    private readonly WebApplication _web;

    private Dashboard(WebApplication web, string url) => (_web, Url) = (web, url);

    public string Url { get; }

    /// <summary>Starts it; null when its port is taken, for an application can do without it.</summary>
    public static async Task<Dashboard?> StartAsync(string urls, ResourceNotificationService notifications, ResourceLog log)
    {
        var address = urls.Split(';').Select(url => new Uri(url)).FirstOrDefault(url => url.Scheme == Uri.UriSchemeHttp && url.IsLoopback);
        if (address is null)
            return null;

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Add(Microsoft.Extensions.DependencyInjection.ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // "localhost" is two addresses, which cannot share a port that is yet to be chosen.
            if (address.Port == 0)
                kestrel.Listen(IPAddress.Loopback, 0);
            else
                kestrel.ListenLocalhost(address.Port);
        });
        var web = builder.Build();
        web.Use((context, next) =>
        {
            // Another site's name that resolves to this machine must not read the logs.
            var host = context.Request.Host.Host;
            if (host == "localhost" || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip)))
                return next(context);
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        });
        using var page = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("dashboard.html")!);
        var html = await page.ReadToEndAsync();
        web.MapGet("/", () => Results.Content(html, "text/html"));
        web.MapGet("/state", () => new
        {
            resources = notifications.Latest().Where(latest => latest.Resource is ProjectResource or ExecutableResource).Select(latest => new
            {
                name = latest.ResourceId,
                state = ResourceTable.StateOf(latest.Snapshot),
                restarts = latest.Snapshot.Restarts,
                urls = latest.Snapshot.Urls.Select(url => url.Url),
            }),
            log = log.Latest(),
        });
        try
        {
            await web.StartAsync();
            return new Dashboard(web, web.Urls.First());
        }
        catch (IOException e)
        {
            log.WriteBlock($"No dashboard at {address}: {e.Message}");
            await web.DisposeAsync();
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
    }

    /// <summary>Signals stop the application, which then stops its dashboard.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
