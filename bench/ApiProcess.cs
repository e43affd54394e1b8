using System.Diagnostics;
using Payments.Pipeline.Import;

namespace Payments.Bench;

/// <summary>The API as it is deployed: a process of its own, under its own login.</summary>
internal sealed class ApiProcess : IDisposable
{
    private const string Listening = "Now listening on: ";
    private readonly Process _process;

    private ApiProcess(Process process, Uri address) => (_process, Address) = (process, address);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Processor time that it has used, in seconds.</summary>
    public double ProcessorSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>The most memory that it has had resident, in MiB.</summary>
    public double PeakMebibytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64 / 1024.0 / 1024.0;
        }
    }

    public static async Task<ApiProcess> StartAsync(string connectionString, StorageOptions storage, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Payments.Api.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = storage.Path,
            Environment =
            {
                ["ConnectionStrings__payments"] = connectionString,
                [$"{StorageOptions.Section}__Path"] = storage.Path,
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                // Callers on this machine need no key; logs as in production.
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
                ["Logging__LogLevel__Default"] = "Warning",
                ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
            },
        };
        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = Process.Start(start) ?? throw new InvalidOperationException("The API did not start.");
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at) listening.TrySetResult(line.Data[(at + Listening.Length)..]);
            else Relay(line.Data);
        };
        process.ErrorDataReceived += (_, line) => Relay(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new(process, new(await listening.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken)));
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static void Relay(string? line)
    {
        if (!string.IsNullOrWhiteSpace(line)) Console.Error.WriteLine($"api | {line}");
    }
}
