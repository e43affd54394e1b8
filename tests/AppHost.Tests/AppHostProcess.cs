using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Payments.AppHost.Tests;

/// <summary>The built app host as a process of its own, and everything that it started.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private const string MarkVariable = "APPHOST_TEST_MARK";

    private readonly string _mark = Guid.NewGuid().ToString("n");
    private readonly StringBuilder _output = new();
    private readonly Process _process;

    public AppHostProcess(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Payments.AppHost.dll"));
        start.ArgumentList.Add("--DcpPublisher:RandomizePorts=true");
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment[MarkVariable] = _mark;
        start.Environment["ASPNETCORE_URLS"] = "http://localhost:0";
        _process = new Process { StartInfo = start };
        DataReceivedEventHandler keep = (_, line) =>
        {
            lock (_output)
                _output.AppendLine(line.Data);
        };
        _process.OutputDataReceived += keep;
        _process.ErrorDataReceived += keep;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Waits until its output matches a regular expression.</summary>
    public async Task WaitForAsync(string pattern)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!Regex.IsMatch(Output, pattern))
        {
            Assert.False(_process.HasExited, $"The app host has ended before it wrote '{pattern}':\n{Output}");
            Assert.False(timeout.IsCancellationRequested, $"The app host has not written '{pattern}':\n{Output}");
            await Task.Delay(50);
        }
    }

    public async Task<int> WaitForExitAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    /// <summary>Asks it to stop, as a service manager does.</summary>
    public void Terminate() => Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]).WaitForExit();

    /// <summary>Ends it without a chance to clean up; its children are left alone.</summary>
    public void Kill() => _process.Kill();

    /// <summary>The command lines of all living processes that it started, directly or not.</summary>
    public IReadOnlyList<string> LivingProcesses() =>
        [.. Directory.EnumerateDirectories("/proc")
            .Where(folder => int.TryParse(Path.GetFileName(folder), out var id) && id != _process.Id && Read(folder, "environ").Contains(_mark, StringComparison.Ordinal))
            .Select(folder => Read(folder, "cmdline").Replace('\0', ' '))];

    public async Task WaitForNoProcessesAsync(TimeSpan patience)
    {
        var since = Stopwatch.GetTimestamp();
        while (LivingProcesses() is { Count: > 0 } living)
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < patience, $"Still there: {string.Join('\n', living)}");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Terminate();
            await WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static string Read(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
