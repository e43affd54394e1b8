using System.Collections.Concurrent;
using System.Diagnostics;

namespace Payments.Worker.Tests;

/// <summary>The built API or worker as a process of its own, for facts about how it starts and ends.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    public const string Api = "Payments.Api.dll";
    public const string Worker = "Payments.Worker.dll";

    private readonly Process _process;
    private readonly string _folder = WorkerHost.NewFolder();
    private readonly ConcurrentQueue<string> _lines = new();

    public ServiceProcess(string program, string connectionString, string environment = "Development", params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program)])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__payments"] = connectionString;
        start.Environment["Storage__Path"] = _folder;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        foreach (var job in Schedules.Schedule.Jobs) start.Environment[job.Setting.Replace(":", "__", StringComparison.Ordinal)] = "off";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has written.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>The exit code, once it has ended by itself.</summary>
    public async Task<int> ExitCodeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"It has not ended: {Output}");
        }

        return _process.ExitCode;
    }

    /// <summary>Waits until it listens; calls go there.</summary>
    public async Task<HttpClient> ListeningAsync()
    {
        const string announced = "Now listening on: ";
        await SaysAsync(announced);
        var line = _lines.First(line => line.Contains(announced, StringComparison.Ordinal));
        return new() { BaseAddress = new(line[(line.IndexOf(announced, StringComparison.Ordinal) + announced.Length)..]) };
    }

    /// <summary>Waits until it has written something.</summary>
    public Task SaysAsync(string text) => Eventually.EqualAsync(true, () => Task.FromResult(Output.Contains(text, StringComparison.Ordinal)), seconds: 60);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Keep(string? line)
    {
        if (line is not null) _lines.Enqueue(line);
    }
}
