using Npgsql;
using Payments.Database;
using Payments.LocalPostgres;

namespace Payments.Faults;

/// <summary>A PostgreSQL server of the run's own, with durable commits, on a disk that can be filled; started again whenever it dies.</summary>
internal sealed class SupervisedServer : IAsyncDisposable
{
    private const string LoginPassword = "faults-login";
    private const string Template = "faults_template";
    private const int DiskMebibytes = 400;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly LocalPostgresServer _server;
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Task _supervision;

    private SupervisedServer(LocalPostgresServer server, SmallDisk disk)
    {
        (_server, Disk) = (server, disk);
        _supervision = SuperviseAsync();
    }

    public SmallDisk Disk { get; }

    public int Port => _server.Port;

    public string Version => $"PostgreSQL {_server.MajorVersion}";

    /// <summary>Starts it and migrates the database that the others are clones of.</summary>
    public static async Task<SupervisedServer> StartAsync(CancellationToken cancellationToken)
    {

        var disk = SmallDisk.On(LocalPostgresFolders.For(AppContext.BaseDirectory, $"faults-{Environment.ProcessId}"), DiskMebibytes);
        try
        {
            var server = await LocalPostgresServer.PrepareAsync(
                new()
                {
                    DataFolder = disk.Folder,
                    PreferredPort = 0,
                    Password = "faults",
                    Settings = new Dictionary<string, string> { ["max_wal_size"] = "128MB", ["min_wal_size"] = "32MB", ["shared_buffers"] = "64MB" },
                },
                cancellationToken);
            await server.StartAsync(cancellationToken);
            await DatabaseMigrator.MigrateAsync(
                server.ConnectionString(Template),
                new() { ApiPassword = LoginPassword, WorkerPassword = LoginPassword, BiPassword = LoginPassword },
                cancellationToken);
            return new(server, disk);
        }
        catch
        {
            disk.Dispose();
            throw;
        }
    }

    /// <summary>The owner's connection string, straight to the server; not pooled, since servers and sessions die here.</summary>
    public string OwnerOf(string database) =>
        new NpgsqlConnectionStringBuilder(_server.ConnectionString(database)) { Pooling = false, CommandTimeout = 60 }.ConnectionString;

    /// <summary>The owner's connection string, over a relay.</summary>
    public string OwnerOf(string database, FaultyWire wire) =>
        new NpgsqlConnectionStringBuilder(OwnerOf(database)) { Port = wire.Port, SslMode = SslMode.Disable }.ConnectionString;

    /// <summary>A login's connection string, over a relay.</summary>
    public string LoginOf(string database, string role, FaultyWire wire) => new NpgsqlConnectionStringBuilder(_server.ConnectionString(database))
    {
        Port = wire.Port,
        Username = role,
        Password = LoginPassword,
        SslMode = SslMode.Disable,
    }.ConnectionString;

    /// <summary>A migrated, empty database.</summary>
    public async Task CreateAsync(string database, CancellationToken cancellationToken)
    {
        await ExecuteAsync("postgres", $"create database {database} template {Template}", cancellationToken);
        // Rights on a database do not come with its template.
        await DatabaseMigrator.MigrateAsync(OwnerOf(database), new(), cancellationToken);
    }

    public Task DropAsync(string database) => ExecuteAsync("postgres", $"drop database if exists {database} with (force)", CancellationToken.None);

    /// <summary>kill -9 of every one of its processes.</summary>
    public async Task KillAsync()
    {
        // Not while it is being started, nor started before all of it is gone.
        await _turn.WaitAsync();
        try
        {
            await _server.KillAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Cuts sessions of the platform from within the server.</summary>
    public Task<int> TerminateAsync(string database, int share, int seed, CancellationToken cancellationToken) => ScalarAsync<int>(
        database,
        $"""
        select count(pg_terminate_backend(pid))::int
        from pg_stat_activity
        where datname = current_database() and usename like 'payments_%' and (hashint4(pid) + {seed}) % {share} = 0
        """,
        cancellationToken);

    public async Task ExecuteAsync(string database, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(OwnerOf(database));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<T> ScalarAsync<T>(string database, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(OwnerOf(database));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _supervision;
        Disk.Free();
        await _server.DisposeAsync();
        Disk.Dispose();
        _ending.Dispose();
        _turn.Dispose();
    }

    private async Task SuperviseAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(Pause, _ending.Token);
                if (!_server.IsRunning) await StartAgainAsync();
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // That is how it ends.
        }
    }

    private async Task StartAgainAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await _server.StartAsync(_ending.Token);
        }
        catch (LocalPostgresException)
        {
            // Its disk is full: tried again until it succeeds.
        }
        finally
        {
            _turn.Release();
        }
    }
}
