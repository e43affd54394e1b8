using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Payments.Pipeline;
using Payments.Pipeline.Runs;
using Payments.ServiceDefaults;
using Payments.Testing;
using Payments.Worker.Drop;
using Payments.Worker.Kinds;
using Payments.Worker.Runs;
using Payments.Worker.Schedules;

namespace Payments.Worker.Tests;

/// <summary>The worker's own parts in this process, on a test's database and in a folder of its own.</summary>
internal sealed class WorkerHost : IAsyncDisposable
{
    private readonly IHost _host;

    private WorkerHost(IHost host, string folder, ConcurrentQueue<string> log)
    {
        _host = host;
        Folder = folder;
        Log = log;
    }

    public string Folder { get; }

    /// <summary>What was logged, level and message.</summary>
    public ConcurrentQueue<string> Log { get; }

    public IServiceProvider Services => _host.Services;

    public static string NewFolder() => Directory.CreateTempSubdirectory("payments-worker-").FullName;

    /// <summary>Starts a worker with the concerns given; settings win over the test's defaults.</summary>
    public static async Task<WorkerHost> StartAsync(
        TestDatabase database, Action<HostApplicationBuilder> concerns, Dictionary<string, string?>? settings = null, string? folder = null)
    {
        folder ??= NewFolder();
        var log = new ConcurrentQueue<string>();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:payments"] = database.ConnectionStringFor("payments_worker"),
            ["Storage:Path"] = folder,
            ["Etl:PollInterval"] = "00:00:00.200",
            ["Etl:RetryDelay"] = "00:00:00.050",
            ["Drop:PollInterval"] = "00:00:00.050",
            ["Drop:StableFor"] = "00:00:00.200",
        });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.AddProvider(new Recorder(log)).SetMinimumLevel(LogLevel.Information);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddPaymentsDatabase();
        builder.Services.AddPaymentsPipeline(builder.Configuration);
        concerns(builder);
        var host = builder.Build();
        await host.StartAsync();
        return new(host, folder, log);
    }

    /// <summary>Runs are picked up, and this work stands in for the kinds' own.</summary>
    public static Action<HostApplicationBuilder> PickingUp(Func<RunContext, CancellationToken, Task<object?>> work) => builder =>
    {
        builder.AddRunPickUp();
        foreach (var kind in new[] { RunKind.Etl, RunKind.Import, RunKind.SlaCheck })
        {
            builder.Services.AddKeyedScoped<IRunWork>(kind, (_, _) => new Work(work));
        }
    };

    public static void Scheduled(HostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DatabaseWatch>();
        builder.AddSchedule();
    }

    public static void Dropping(HostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DatabaseWatch>();
        builder.AddDropFolder();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private sealed class Work(Func<RunContext, CancellationToken, Task<object?>> work) : IRunWork
    {
        public Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken) => work(run, cancellationToken);
    }

    private sealed class Recorder(ConcurrentQueue<string> log) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Enqueue($"{logLevel}: {formatter(state, exception)}{(exception is null ? "" : $" [{exception.GetType().Name}: {exception.Message}]")}");

        public void Dispose()
        {
        }
    }
}
