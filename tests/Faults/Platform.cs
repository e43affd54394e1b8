using System.Net;
using System.Net.Sockets;

namespace Payments.Faults;

/// <summary>Two workers and an API on one database and one storage folder, as they are deployed.</summary>
internal sealed class Platform : IAsyncDisposable
{
    private const int StorageMebibytes = 64;
    private readonly SupervisedProcess[] _processes;

    private Platform(string database, SmallDisk storage, FaultyWire wire, Uri api, SupervisedProcess[] processes)
    {
        (Database, Storage, Wire, Api, _processes) = (database, storage, wire, api, processes);
    }

    public string Database { get; }

    public SmallDisk Storage { get; }

    public FaultyWire Wire { get; }

    /// <summary>Where the API listens.</summary>
    public Uri Api { get; }

    public IReadOnlyList<SupervisedProcess> Workers => _processes[..2];

    public SupervisedProcess ApiProcess => _processes[2];

    public string Drop => Path.Combine(Storage.Folder, "drop");

    public string Spool => Path.Combine(Storage.Folder, "spool");

    /// <summary>Starts the platform on a migrated database.</summary>
    public static Platform Start(SupervisedServer server, string database, FaultOptions options)
    {
        var storage = SmallDisk.On(Path.Combine(Path.GetTempPath(), $"payments-faults-{Environment.ProcessId}-{database}"), StorageMebibytes);
        var wire = new FaultyWire(server.Port);
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        Dictionary<string, string> worker = new()
        {
            ["ConnectionStrings__payments"] = server.LoginOf(database, "payments_worker", wire),
            ["Storage__Path"] = storage.Folder,
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["Import__BatchRecords"] = $"{options.BatchRecords}",
            ["Storage__AbandonedAfter"] = "00:00:01",
            ["Drop__PollInterval"] = "00:00:00.100",
            ["Drop__StableFor"] = "00:00:00.300",
            ["Etl__PollInterval"] = "00:00:00.250",
            ["Jobs__etl__Cron"] = "0/5 * * * * ?",
            ["Jobs__sla_check__Cron"] = "0/3 * * * * ?",
            ["Jobs__partition_maintenance__Cron"] = "0/7 * * * * ?",
            ["Jobs__assertions__Cron"] = "0/20 * * * * ?",
        };
        Dictionary<string, string> api = new()
        {
            ["ConnectionStrings__payments"] = server.LoginOf(database, "payments_api", wire),
            ["Storage__Path"] = storage.Folder,
            ["ASPNETCORE_URLS"] = address.ToString(),
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Api__ChangesPerMinute"] = "100000",
        };
        foreach (var settings in new[] { worker, api })
        {
            foreach (var chatty in new[] { "Npgsql", "Quartz", "Microsoft" }) settings[$"Logging__LogLevel__{chatty}"] = "Warning";
        }

        return new(database, storage, wire, address,
        [
            SupervisedProcess.Start("worker 1", "Payments.Worker.dll", storage.Folder, worker),
            SupervisedProcess.Start("worker 2", "Payments.Worker.dll", storage.Folder, worker),
            SupervisedProcess.Start("API", "Payments.Api.dll", storage.Folder, api),
        ]);
    }

    /// <summary>What its programs wrote last.</summary>
    public IEnumerable<string> LastWords(int lines) =>
        _processes.SelectMany(process => process.Log.TakeLast(lines).Select(line => $"{process.Name} | {line}"));

    /// <summary>Ends the programs in an orderly way; database and storage stay.</summary>
    public Task StopAsync() => Task.WhenAll(_processes.Select(process => process.StopAsync()));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes) await process.DisposeAsync();
        await Wire.DisposeAsync();
        Storage.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
