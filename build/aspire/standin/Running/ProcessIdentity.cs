using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Aspire.Hosting.Running;

/// <summary>A process by id and start time: ids are used again.</summary>
internal sealed record ProcessIdentity(int Id, DateTime StartedAt)
{
    // Linux counts start times from boot, and the clock may be corrected in between.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    public static ProcessIdentity Current { get; } = Of(Process.GetCurrentProcess());

    public static ProcessIdentity Of(Process process) => new(process.Id, process.StartTime.ToUniversalTime());

    public static ProcessIdentity? Parse(string line) =>
        line.Split(' ') is [var id, var ticks, ..]
        && int.TryParse(id, CultureInfo.InvariantCulture, out var processId)
        && long.TryParse(ticks, CultureInfo.InvariantCulture, out var startedAt)
            ? new(processId, new DateTime(startedAt, DateTimeKind.Utc))
            : null;

    /// <summary>The process, if it still runs.</summary>
    public Process? Find()
    {
        try
        {
            var process = Process.GetProcessById(Id);
            return (process.StartTime.ToUniversalTime() - StartedAt).Duration() < Tolerance && !process.HasExited ? process : null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id} {StartedAt.Ticks}");
}
