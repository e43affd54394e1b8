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

    public static async Task<BenchDatabase> StartAsync(CancellationToken cancellationToken)
    {
        var folder = LocalPostgresFolders.For(AppContext.BaseDirectory, "bench");
        await LocalPostgresServer.ResetAsync(folder, cancellationToken);
        var server = await LocalPostgresServer.PrepareAsync(new() { DataFolder = folder, PreferredPort = 0, Password = Password }, cancellationToken);
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

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await _server.DisposeAsync();
        await LocalPostgresServer.ResetAsync(_folder);
    }
}
