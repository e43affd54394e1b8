using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Payments.Faults;

/// <summary>A program of ours that is started again whenever it ends, as a container runtime or the AppHost would.</summary>
internal sealed class SupervisedProcess : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigContinue = 18;
    private const int SigStop = 19;
    private const int LinesKept = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ProcessStartInfo _start;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _supervision;
    private Process _process;

    private SupervisedProcess(string name, ProcessStartInfo start)
    {
        (Name, _start) = (name, start);
        _process = Launch();
        _supervision = SuperviseAsync();
    }

    public string Name { get; }

    /// <summary>The last lines that it wrote, over all of its lives.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>Starts one of the platform's programs, which lie beside this library.</summary>
    public static SupervisedProcess Start(string name, string program, string folder, IEnumerable<KeyValuePair<string, string>> settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program)])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (setting, value) in settings) start.Environment[setting] = value;
        return new(name, start);
    }

    /// <summary>kill -9.</summary>
    public void Kill() => Signal(SigKill);

    /// <summary>Takes the processor away from it: it neither works nor notices anything.</summary>
    public void Freeze() => Signal(SigStop);

    /// <summary>Lets it go on.</summary>
    public void Thaw() => Signal(SigContinue);

    /// <summary>Asks it to end, as a deployment would, and does not start it again.</summary>
    public async Task StopAsync()
    {
        await _ending.CancelAsync();
        Signal(SigContinue);
        Signal(SigTerm);
        await _supervision;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        Kill();
        await _supervision;
        _process.Dispose();
        _ending.Dispose();
    }

    private void Signal(int signal)
    {
        try
        {
            if (!_process.HasExited) _ = kill(_process.Id, signal);
        }
        catch (InvalidOperationException)
        {
            // Just ended, and its successor is not there yet.
        }
    }

    private async Task SuperviseAsync()
    {
        while (true)
        {
            await _process.WaitForExitAsync();
            if (_ending.IsCancellationRequested) return;
            await Task.Delay(Pause);
            if (_ending.IsCancellationRequested) return;
            var dead = _process;
            _process = Launch();
            dead.Dispose();
        }
    }

    private Process Launch()
    {
        var process = Process.Start(_start) ?? throw new InvalidOperationException($"{Name} did not start.");
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Keep($"--- process {process.Id}");
        return process;
    }

    private void Keep(string? line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        Log.Enqueue(line);
        while (Log.Count > LinesKept) Log.TryDequeue(out _);
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int pid, int sig);
}
