using System.Diagnostics;
using Payments.Testing;

namespace Payments.Worker.Tests;

/// <summary>The built worker as a process of its own, for facts about its death.</summary>
internal sealed class SpawnedWorker : IAsyncDisposable
{
    private readonly Process _process;

    private SpawnedWorker(Process process) => _process = process;

    /// <summary>Starts the worker with its own login on a test's database; settings as environment variables.</summary>
    public static SpawnedWorker Start(TestDatabase database, string folder, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(DatabaseWatch).Assembly.Location])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__payments"] = database.ConnectionStringFor("payments_worker");
        start.Environment["Storage__Path"] = folder;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        foreach (var job in Schedules.Schedule.Jobs) start.Environment[job.Setting.Replace(":", "__", StringComparison.Ordinal)] = "off";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new(process);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }
}
