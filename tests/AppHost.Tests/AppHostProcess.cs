using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Payments.AppHost.Tests;

/// <summary>The built app host as a process of its own, and everything that it started; DCP keeps the services' logs and its own for it.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private const string MarkVariable = "APPHOST_TEST_MARK";

    private readonly string _mark = Guid.NewGuid().ToString("n");
    private readonly string _logs = Directory.CreateTempSubdirectory("payments-apphost-").FullName;
    private readonly StringBuilder _output = new();
    private readonly Process _process;

    public AppHostProcess(params string[] arguments)
        : this("Development", arguments)
    {
    }

    private AppHostProcess(string environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Payments.AppHost.dll"));
        start.ArgumentList.Add("--DcpPublisher:RandomizePorts=true");
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment[MarkVariable] = _mark;
        start.Environment["DOTNET_ENVIRONMENT"] = environment;
        start.Environment["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true";
        foreach (var address in (string[])["ASPNETCORE_URLS", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"])
            start.Environment[address] = "http://127.0.0.1:0";
        start.Environment["TMPDIR"] = Directory.CreateDirectory(Path.Combine(_logs, "services")).FullName;
        start.Environment["DCP_PRESERVE_EXECUTABLE_LOGS"] = "1";
        start.Environment["DCP_DIAGNOSTICS_LOG_LEVEL"] = "debug";
        start.Environment["DCP_DIAGNOSTICS_LOG_FOLDER"] = Directory.CreateDirectory(Path.Combine(_logs, "dcp")).FullName;
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

    /// <summary>The same in an environment that is not Development.</summary>
    public static AppHostProcess InProduction(params string[] arguments) => new("Production", arguments);

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>What the resources wrote, one text each, without the times that DCP puts before each line.</summary>
    public IReadOnlyList<string> ResourceLogs() =>
        [.. Files("services").Where(file => file.EndsWith("_out", StringComparison.Ordinal) || file.EndsWith("_err", StringComparison.Ordinal))
            .Select(file => Regex.Replace(Read(file), @"(?m)^\d+ \S+Z ", ""))
            .Where(text => text.Length > 0)];

    /// <summary>What DCP wrote about what it did.</summary>
    public string DcpLog() => string.Concat(Files("dcp").Select(Read));

    /// <summary>Waits until its output matches a regular expression.</summary>
    public Task WaitForAsync(string pattern) => WaitUntilAsync(() => Regex.IsMatch(Output, pattern), $"has not written '{pattern}'");

    /// <summary>Waits until a resource's log matches a regular expression.</summary>
    public Task WaitForResourceAsync(string pattern) =>
        WaitUntilAsync(() => ResourceLogs().Any(log => Regex.IsMatch(log, pattern)), $"has no resource that wrote '{pattern}'");

    public async Task<int> WaitForExitAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    /// <summary>Sends it a signal by name: TERM as a service manager does, INT as Ctrl+C does.</summary>
    public void Signal(string name) => Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();

    /// <summary>Ends it without a chance to clean up; its children are left alone.</summary>
    public void Kill() => _process.Kill();

    /// <summary>The command lines of all living processes that it started, directly or not.</summary>
    public IReadOnlyList<string> LivingProcesses() =>
        [.. Directory.EnumerateDirectories("/proc")
            .Where(folder => int.TryParse(Path.GetFileName(folder), out var id) && id != _process.Id
                && Read(Path.Combine(folder, "environ")).Contains(_mark, StringComparison.Ordinal))
            .Select(folder => Read(Path.Combine(folder, "cmdline")).Replace('\0', ' '))];

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
            Signal("TERM");
            await WaitForExitAsync();
            await WaitForNoProcessesAsync(TimeSpan.FromSeconds(30));
        }

        _process.Dispose();
        Directory.Delete(_logs, recursive: true);
    }

    private async Task WaitUntilAsync(Func<bool> condition, string complaint)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!condition())
        {
            Assert.False(_process.HasExited, $"The app host has ended; it {complaint}:\n{Output}");
            Assert.False(timeout.IsCancellationRequested, $"The app host {complaint}:\n{Output}\n{string.Join("\n--\n", ResourceLogs())}");
            await Task.Delay(100);
        }
    }

    private IEnumerable<string> Files(string kind) => Directory.EnumerateFiles(Path.Combine(_logs, kind), "*", SearchOption.AllDirectories);

    // Somebody still writes it, or its process is just gone.
    private static string Read(string file)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
