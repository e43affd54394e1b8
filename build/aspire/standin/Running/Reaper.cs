using System.Diagnostics;
using System.Globalization;

namespace Aspire.Hosting.Running;

/// <summary>
/// A small process that ends our children when this process dies, even by kill -9: it holds the end of a pipe that closes then.
/// (A parent-death signal is Linux's own, tied to the thread that starts the child, and lost when the child changes its user.)
/// On Windows, and where there is no shell, the journal heals at the next start.
/// </summary>
internal sealed class Reaper : IDisposable
{
    private const string Script =
        """
        trap '' INT TERM HUP
        children=
        while read -r sign child; do
          if [ "$sign" = + ]; then
            children="$child $children"
          else
            rest=
            for other in $children; do [ "$other" = "$child" ] || rest="$rest $other"; done
            children=$rest
          fi
        done
        for child in $children; do kill -TERM "$child"; done
        tries=0
        while [ -n "$children" ] && [ $tries -lt 50 ]; do
          sleep 0.1
          tries=$((tries + 1))
          rest=
          for child in $children; do kill -0 "$child" && rest="$rest $child"; done
          children=$rest
        done
        for child in $children; do kill -KILL "$child"; done
        """;

    private readonly Lock _lock = new();
    private readonly Process? _process;

    public Reaper()
    {
        if (OperatingSystem.IsWindows())
            return;
        var start = new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        OwnSession.Configure(start, "/bin/sh", ["-c", Script]);
        _process = Process.Start(start);
    }

    /// <summary>A child was started, or has ended.</summary>
    public void Tell(bool started, int processId)
    {
        try
        {
            lock (_lock)
                _process?.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(started ? '+' : '-')} {processId}"));
            _process?.StandardInput.Flush();
        }
        catch (IOException)
        {
            // Somebody killed it; the journal still knows.
        }
    }

    public void Dispose()
    {
        _process?.StandardInput.Close();
        _process?.Dispose();
    }
}
