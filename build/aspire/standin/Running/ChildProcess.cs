using System.ComponentModel;
using System.Diagnostics;

namespace Aspire.Hosting.Running;

/// <summary>A process of the application.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    public ChildProcess(ProcessStartInfo start, Action<string> onLine)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
        _process = new Process { StartInfo = start };
        DataReceivedEventHandler forward = (_, line) =>
        {
            if (line.Data is not null)
                onLine(line.Data);
        };
        _process.OutputDataReceived += forward;
        _process.ErrorDataReceived += forward;
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Id = _process.Id;
        Identity = IdentityOf(_process);
        Exited = ExitAsync();
    }

    public int Id { get; }

    public ProcessIdentity Identity { get; }

    /// <summary>The exit code, when the process has ended and all its output was read.</summary>
    public Task<int> Exited { get; }

    /// <summary>Asks the process to stop, and ends it with all its children when it takes longer than the grace.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (!Exited.IsCompleted)
            await EndAsync(_process, Exited, grace);
        await Exited;
    }

    /// <summary>Asks a process to stop: SIGTERM, after half of the grace SIGINT (which PostgreSQL takes as "now"), at its end SIGKILL for the whole tree.</summary>
    public static async Task EndAsync(Process process, Task exited, TimeSpan grace)
    {
        if (!OperatingSystem.IsWindows())
            foreach (var signal in (int[])[Unix.SigTerm, Unix.SigInt])
            {
                Unix.Signal(process.Id, signal);
                if (await Task.WhenAny(exited, Task.Delay(grace / 2)) == exited)
                    return;
            }

        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended just now.
        }
    }

    public void Dispose() => _process.Dispose();

    private static ProcessIdentity IdentityOf(Process process)
    {
        try
        {
            return ProcessIdentity.Of(process);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It has already ended: before it was asked, or while it was.
            return new ProcessIdentity(process.Id, default);
        }
    }

    private async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }
}
