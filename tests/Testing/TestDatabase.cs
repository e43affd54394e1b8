using Npgsql;
using Payments.Database;
using Xunit;

namespace Payments.Testing;

/// <summary>
/// A database of its own for a test class (<c>IClassFixture</c>): a clone of a template that this process migrates once. Dropped at the end.
/// </summary>
public sealed class TestDatabase : IAsyncLifetime
{
    /// <summary>The password of every login of the platform in test databases.</summary>
    public const string LoginPassword = "payments-tests-login";

    private static readonly Lazy<Task<string>> Template = new(CreateTemplateAsync);

    private readonly string _name = NewName();

    /// <summary>The owner's connection string.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>Connections with the owner's rights.</summary>
    public NpgsqlDataSource DataSource { get; private set; } = null!;

    /// <summary>How tests migrate: with a password for every login.</summary>
    public static MigratorOptions MigratorOptions { get; } = new()
    {
        ApiPassword = LoginPassword,
        WorkerPassword = LoginPassword,
        BiPassword = LoginPassword,
        ServerTimeout = TimeSpan.FromSeconds(10),
    };

    /// <summary>A database name that no other test has.</summary>
    public static string NewName() => $"test_{Guid.NewGuid():n}";

    /// <summary>The connection string of one of the platform's logins, for example <c>payments_api</c>.</summary>
    public string ConnectionStringFor(string role) =>
        new NpgsqlConnectionStringBuilder(ConnectionString) { Username = role, Password = LoginPassword }.ConnectionString;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        var template = await Template.Value;
        await ExecuteOnServerAsync($"create database {_name} template {template}");
        ConnectionString = await PostgresServer.ConnectionStringAsync(_name);
        DataSource = NpgsqlDataSource.Create(ConnectionString);

        // Rights on a database do not come with its template.
        await using var connect = DataSource.CreateCommand(SqlScripts.Grants.Single(script => script.Name.EndsWith("/all_logins_connect.sql", StringComparison.Ordinal)).Contents);
        await connect.ExecuteNonQueryAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await DropAsync(_name);
    }

    /// <summary>Drops a database with whoever is still connected to it.</summary>
    public static Task DropAsync(string name) => ExecuteOnServerAsync($"drop database if exists {name} with (force)");

    private static async Task<string> CreateTemplateAsync()
    {
        var name = NewName();
        await DatabaseMigrator.MigrateAsync(await PostgresServer.ConnectionStringAsync(name), MigratorOptions);
        if (Environment.GetEnvironmentVariable("PAYMENTS_TEST_POSTGRES") is { Length: > 0 })
        {
            // A server that outlives this process must not collect templates.
            AppDomain.CurrentDomain.ProcessExit += (_, _) => DropAsync(name).GetAwaiter().GetResult();
        }

        return name;
    }

    private static async Task ExecuteOnServerAsync(string statement)
    {
        var server = new NpgsqlConnectionStringBuilder(await PostgresServer.ConnectionStringAsync()) { Pooling = false };
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }
}
