using System.Globalization;
using System.Text;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Running;

/// <summary>Prints the resources with their states and addresses, at the start and after changes.</summary>
internal sealed class ResourceTable(ResourceNotificationService notifications, ResourceLog log, string? dashboardUrl)
{
    // Changes come in bursts: the table shows where they led to.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(400);

    public async Task ShowAsync(CancellationToken ended)
    {
        var printed = "";
        try
        {
            using var timer = new PeriodicTimer(Quiet);
            var before = "";
            do
            {
                var now = Render();
                if (now == before && now != printed)
                    log.WriteBlock(printed = now);
                before = now;
            }
            while (await timer.WaitForNextTickAsync(ended));
        }
        catch (OperationCanceledException)
        {
            log.WriteBlock(Render());
        }
    }

    /// <summary>A resource's state in words.</summary>
    public static string StateOf(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text + snapshot switch
        {
            { ExitCode: { } exitCode } => string.Create(CultureInfo.InvariantCulture, $" ({exitCode})"),
            { State.Text: "Running", HealthStatus: { } health } => $", {health.ToString().ToLowerInvariant()}",
            _ => "",
        };

    private string Render()
    {
        List<string[]> rows = [["Resource", "State", "Restarts", "Address"]];
        rows.AddRange(notifications.Latest()
            .Where(latest => latest.Resource is ProjectResource or ExecutableResource)
            .Select(latest => (string[])
            [
                latest.ResourceId,
                StateOf(latest.Snapshot),
                latest.Snapshot.Restarts.ToString(CultureInfo.InvariantCulture),
                string.Join(' ', latest.Snapshot.Urls.Select(url => url.Url)),
            ]));
        if (dashboardUrl is not null)
            rows.Add(["dashboard", "", "", dashboardUrl]);

        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder().AppendLine();
        foreach (var row in rows)
            text.Append("  ").AppendLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        return text.ToString();
    }
}
