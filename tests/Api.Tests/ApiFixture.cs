using Npgsql;
using Payments.Testing;

namespace Payments.Api.Tests;

/// <summary>The API, under its own login, on a database of its own for the test class.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    private readonly TestDatabase _database = new();

    public ApiHost Api { get; private set; } = null!;

    public Store Store { get; private set; } = null!;

    /// <summary>Connections with the owner's rights.</summary>
    public NpgsqlDataSource Owner => _database.DataSource;

    public string ConnectionString => _database.ConnectionStringFor("payments_api");

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        Api = new(ConnectionString, settings: ("Simulations:Enabled", "true"));
        Store = new(Owner, Api.Storage);
    }

    public async Task DisposeAsync()
    {
        Api.Dispose();
        Store.Dispose();
        await _database.DisposeAsync();
    }
}
