using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Payments.AppHost.Data;

namespace Payments.AppHost;

/// <summary>The last thing that a start says on the console: where everything is, once all is healthy and the samples are in; or what has failed.</summary>
internal static partial class ReadyReport
{
    private const int LogLines = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>Adds the report to an application that is run.</summary>
    public static void AddReadyReport(
        this IDistributedApplicationBuilder builder,
        IResourceBuilder<ProjectResource> api,
        IResourceBuilder<ProjectResource> worker,
        IResourceBuilder<ProjectResource> migrator,
        PaymentsDatabase database,
        CheckoutFolders folders)
    {
        if (!builder.ExecutionContext.IsRunMode) return;
        builder.Services.AddHostedService(services => new Reporter(services, builder.Configuration, api.Resource, worker.Resource, migrator.Resource, database, folders));
    }

    [GeneratedRegex(@"\e\[[0-9;]*m")]
    private static partial Regex Colours();

    private sealed class Reporter(
        IServiceProvider services,
        IConfiguration configuration,
        ProjectResource api,
        ProjectResource worker,
        ProjectResource migrator,
        PaymentsDatabase database,
        CheckoutFolders folders) : BackgroundService
    {
        private readonly ResourceNotificationService _resources = services.GetRequiredService<ResourceNotificationService>();

        /// <inheritdoc/>
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            try
            {
                // In this order: the services wait for the migrator.
                var failure = await FailureAsync(migrator, change => change.Snapshot.ExitCode == 0, stoppingToken)
                    ?? await FailureAsync(worker, change => change.Snapshot.IsUp(), stoppingToken)
                    ?? await FailureAsync(api, change => change.Snapshot.IsUp(), stoppingToken);
                Console.WriteLine(failure ?? await WhenReadyAsync(stoppingToken));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // Stopped before it was ready: there is nothing to say.
            }
        }

        /// <summary>Null when the resource has come as far as it should; what it said last when it ended instead. What waits for it goes on waiting.</summary>
        private async Task<string?> FailureAsync(ProjectResource resource, Func<ResourceEvent, bool> isGood, CancellationToken stopping)
        {
            var change = await _resources.WaitForResourceAsync(
                resource.Name, one => isGood(one) || one.Snapshot.ExitCode is not null || one.Snapshot.State?.Text == KnownResourceStates.FailedToStart, stopping);
            if (isGood(change)) return null;

            var said = new StringBuilder();
            await foreach (var lines in services.GetRequiredService<ResourceLoggerService>().GetAllAsync(change.ResourceId).WithCancellation(stopping))
                foreach (var line in lines.TakeLast(LogLines))
                    said.Append("  ").AppendLine(Colours().Replace(line.Content, ""));
            return $"""

                The {resource.Name} failed (exit code {change.Snapshot.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "none"}); what depends on it waits. It said:
                {said}
                Repair the cause, then start the {resource.Name} again in the dashboard ({DashboardUrl()}), or stop with Ctrl+C and start over.

                """;
        }

        private async Task<string> WhenReadyAsync(CancellationToken stopping)
        {
            var samples = database.IsOurs && configuration.GetValue("Generate:Enabled", true) && configuration.GetValue("Generate:FirstRun", true)
                ? await SamplesAsync(stopping)
                : null;

            var server = new NpgsqlConnectionStringBuilder(await database.Owner.GetValueAsync(stopping));
            var password = database.Secrets.Bi is null ? "once it has a password (--Parameters:bi-password)"
                : configuration["Parameters:bi-password"] is null ? $"password {await database.Secrets.Bi.Resource.GetValueAsync(stopping)}"
                : "with the password that you gave (Parameters:bi-password)";
            return $"""

                Payments is running.{samples}
                  API documentation  {api.GetEndpoint("http").Url}/docs
                  Dashboard          {DashboardUrl()}
                  Power BI, Tableau  {(server.Host == "127.0.0.1" ? "localhost" : server.Host)}:{server.Port}, database {server.Database}, login bi_reader {password}
                  Drop folder        {folders.Drop} (files laid there are imported)
                  Stop               Ctrl+C

                """;
        }

        /// <summary>Waits for the first run; null when it has brought its samples, else what is to be said about it.</summary>
        private async Task<string?> SamplesAsync(CancellationToken stopping)
        {
            using var client = services.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(ReadyReport));
            client.BaseAddress = new Uri(api.GetEndpoint("http").Url);
            while (true)
            {
                try
                {
                    if (await RunsAsync("succeeded") is { Count: > 0 }) return null;
                    if (await RunsAsync("failed") is [var failed, ..])
                        return $" There is no sample data: run {failed.GetProperty("run_id")} failed ({failed.GetProperty("error")}).";
                }
                catch (HttpRequestException e) when (e.StatusCode is System.Net.HttpStatusCode.Unauthorized)
                {
                    // The API has keys of its own, and this application has none of them.
                    return null;
                }
                catch (HttpRequestException)
                {
                    // Restarted just now, or too busy for the moment: asked again.
                }

                await Task.Delay(Pause, stopping);
            }

            async Task<List<JsonElement>> RunsAsync(string status) =>
                [.. JsonElement.Parse(await client.GetStringAsync($"/api/etl/runs?kind=etl&limit=1&status={status}", stopping)).EnumerateArray()];
        }

        private string DashboardUrl()
        {
            var address = configuration["ASPNETCORE_URLS"]?.Split(';')[0];
            var token = configuration["AppHost:BrowserToken"];
            return address is null ? "not started" : token is null ? address : $"{address}/login?t={token}";
        }
    }
}
