using System.Diagnostics;
using Payments.Pipeline.Import;

namespace Payments.Bench;

/// <summary>The worker as it is deployed: a process of its own, so that its memory is its own too.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    /// <summary>The most memory that the worker has had resident, in MiB.</summary>
    public double PeakMebibytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64 / 1024.0 / 1024.0;
        }
    }

    /// <summary>Processor time that the worker has used, in seconds.</summary>
    public double ProcessorSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    public static WorkerProcess Start(string connectionString, StorageOptions storage)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Payments.Worker.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
            Environment =
            {
                ["ConnectionStrings__payments"] = connectionString,
                [$"{StorageOptions.Section}__Path"] = storage.Path,
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["Logging__LogLevel__Default"] = "Warning",
                // Nothing but what the benchmark asks for.
                ["Generate__Enabled"] = "false",
                ["Jobs__etl__Cron"] = "off",
                ["Jobs__sla_check__Cron"] = "off",
                ["Jobs__assertions__Cron"] = "off",
                ["Jobs__risk_quality__Cron"] = "off",
                ["Jobs__partition_maintenance__Cron"] = "off",
                ["Jobs__train_model__Cron"] = "off",
            },
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("The worker did not start.");
        process.OutputDataReceived += (_, line) => Relay(line.Data);
        process.ErrorDataReceived += (_, line) => Relay(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new(process);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static void Relay(string? line)
    {
        if (!string.IsNullOrWhiteSpace(line)) Console.Error.WriteLine($"worker | {line}");
    }
}
