using System.Diagnostics;
using Npgsql;
using Payments.Database;
using Payments.LocalPostgres;

namespace Payments.Bench;

/// <summary>A private server with durable defaults (flushing to disk, as in production) and a migrated database, removed at the end.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private const string Name = "financial_analytics";
    private const string Password = "bench";
    private readonly string _folder;
    private readonly LocalPostgresServer _server;

    private BenchDatabase(string folder, LocalPostgresServer server)
    {
        _folder = folder;
        _server = server;
        ConnectionString = server.ConnectionString(Name);
        DataSource = NpgsqlDataSource.Create(ConnectionString);
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    /// <summary>The connection string of one of the platform's logins.</summary>
    public string ConnectionStringFor(string role) => new NpgsqlConnectionStringBuilder(ConnectionString) { Username = role, Password = Password }.ConnectionString;

    /// <summary>Starts a server and migrates its database.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="snapshot">A folder that <see cref="SaveAsync"/> filled: its data are the database's; null, or not there: empty.</param>
    /// <param name="settings">Server settings by name.</param>
    public static async Task<BenchDatabase> StartAsync(CancellationToken cancellationToken, string? snapshot = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var folder = LocalPostgresFolders.For(AppContext.BaseDirectory, "bench");
        await LocalPostgresServer.ResetAsync(folder, cancellationToken);
        if (Directory.Exists(snapshot)) await CopyAsync(snapshot, folder, cancellationToken);
        var server = await LocalPostgresServer.PrepareAsync(new() { DataFolder = folder, PreferredPort = 0, Password = Password, Settings = settings ?? new Dictionary<string, string>() }, cancellationToken);
        await server.StartAsync(cancellationToken);
        await DatabaseMigrator.MigrateAsync(server.ConnectionString(Name), new MigratorOptions { ApiPassword = Password, WorkerPassword = Password }, cancellationToken);
        return new(folder, server);
    }

    /// <summary>Runs a statement and returns its first value.</summary>
    public async Task<T> ScalarAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var command = DataSource.CreateCommand(sql);
        command.CommandTimeout = 0;
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Runs statements.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = DataSource.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Reads every table and index into the server's memory, as a store in use has them: what was copied or loaded long ago may be on the disk alone.</summary>
    public async Task WarmAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync("create extension if not exists pg_prewarm", cancellationToken);
        await ScalarAsync<long>("select sum(pg_prewarm(oid))::bigint from pg_class where relkind in ('r', 'i', 't') and relpersistence <> 't'", cancellationToken);
    }

    /// <summary>Keeps the data for later measurements, and stops the server.</summary>
    public async Task SaveAsync(string snapshot, CancellationToken cancellationToken)
    {
        await DataSource.DisposeAsync();
        await _server.DisposeAsync();
        await CopyAsync(_folder, snapshot, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await _server.DisposeAsync();
        await LocalPostgresServer.ResetAsync(_folder);
    }

    // The cluster alone, with owners and rights, which servers insist on.
    private static async Task CopyAsync(string from, string to, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(to);
        using var copy = Process.Start("cp", ["-a", Path.Combine(from, "data"), to]);
        await copy.WaitForExitAsync(cancellationToken);
        if (copy.ExitCode != 0) throw new InvalidOperationException($"{from} could not be copied to {to}.");
        // Written out now, not while something is measured: every commit would wait behind it.
        using var written = Process.Start("sync");
        await written.WaitForExitAsync(cancellationToken);
    }
}
