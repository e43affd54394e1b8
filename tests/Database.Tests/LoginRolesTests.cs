using Npgsql;
using Payments.LocalPostgres;

namespace Payments.Database.Tests;

/// <summary>What the migrator does to logins, on a server whose roles are the test's own.</summary>
public sealed class LoginRolesTests(LoginRolesTests.Server server) : IClassFixture<LoginRolesTests.Server>, IAsyncLifetime
{
    private const string Database = "payments";
    private static readonly string[] Roles = ["payments_api", "payments_worker", "bi_reader", "bi_reader_pii", "deployer"];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await ExecuteAsync($"drop database if exists {Database} with (force)");
        foreach (var role in Roles) await ExecuteAsync($"drop role if exists {role}");
    }

    [Fact]
    public async Task Without_passwords_no_login_is_created()
    {
        var first = await MigrateAsync(new());
        var second = await MigrateAsync(new());

        Assert.Equal(
            ["create role payments_api without login", "create role payments_worker without login", "create role bi_reader without login", "create role bi_reader_pii without login"],
            first.Actions.Where(action => action.Contains("role", StringComparison.Ordinal)));
        Assert.Empty(second.Actions);
        Assert.Equal(
            ["bi_reader|False|", "bi_reader_pii|False|", "payments_api|False|", "payments_worker|False|"],
            await RowsAsync("select rolname, rolcanlogin, rolpassword from pg_authid where rolname ~ '^(payments|bi)_' order by rolname"));
    }

    [Fact]
    public async Task Without_passwords_the_operators_logins_stay_as_they_are()
    {
        await ExecuteAsync(
            """
            create role payments_api login password 'of-the-operator';
            create role payments_worker password 'not-in-use-yet';
            create role bi_reader login password 'of-the-operator';
            alter role bi_reader set statement_timeout = '10min';
            """);
        const string state = "select rolname, rolcanlogin, rolpassword from pg_authid where rolname in ('payments_api', 'payments_worker', 'bi_reader') order by rolname";
        var before = await RowsAsync(state);
        await LogInAsync("payments_api", "of-the-operator", "postgres");

        var result = await MigrateAsync(new());

        Assert.Equal(before, await RowsAsync(state));
        await LogInAsync("payments_api", "of-the-operator", Database);
        Assert.Equal(["create role bi_reader_pii without login"], result.Actions.Where(action => action.Contains("role ", StringComparison.Ordinal)));
        Assert.Equal(["statement_timeout=10min"], await RowsAsync("select array_to_string(rolconfig, ' ') from pg_roles where rolname = 'bi_reader'"));
    }

    [Fact]
    public async Task A_given_password_is_set_when_it_differs()
    {
        await ExecuteAsync("create role payments_worker");
        var options = new MigratorOptions { ApiPassword = "first", WorkerPassword = "first" };

        var first = await MigrateAsync(options);
        const string verifier = "select rolpassword from pg_authid where rolname = 'payments_api'";
        var stored = await RowsAsync(verifier);
        var same = await MigrateAsync(options);
        Assert.Equal(["create login payments_api", "let payments_worker log in, with the given password"], first.Actions.Take(2));
        Assert.Empty(same.Actions);
        Assert.Equal(stored, await RowsAsync(verifier));
        await LogInAsync("payments_api", "first", Database);
        await LogInAsync("payments_worker", "first", Database);

        var planned = await DatabaseMigrator.PlanAsync(server.ConnectionString(Database), options with { ApiPassword = "second" });
        await LogInAsync("payments_api", "first", Database);
        var changed = await MigrateAsync(options with { ApiPassword = "second" });
        Assert.Equal(["set the password of payments_api"], planned.Actions);
        Assert.Equal(planned.Actions, changed.Actions);
        await LogInAsync("payments_api", "second", Database);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => LogInAsync("payments_api", "first", Database));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
    }

    [Fact]
    public async Task A_user_who_may_not_create_roles_is_told_what_to_grant()
    {
        await ExecuteAsync("create role deployer login password 'deployer' createdb");
        var connection = new NpgsqlConnectionStringBuilder(server.ConnectionString(Database)) { Username = "deployer", Password = "deployer" }.ConnectionString;

        var missing = await Assert.ThrowsAsync<DatabaseMigrationException>(() => DatabaseMigrator.MigrateAsync(connection, new()));
        Assert.Equal(ExitCodes.Failed, missing.ExitCode);
        Assert.Contains("'create role payments_api'", missing.Message, StringComparison.Ordinal);
        Assert.Contains("'alter role deployer createrole'", missing.Message, StringComparison.Ordinal);

        await ExecuteAsync("create role payments_api; create role payments_worker; create role bi_reader; create role bi_reader_pii");
        var password = await Assert.ThrowsAsync<DatabaseMigrationException>(() => DatabaseMigrator.MigrateAsync(connection, new() { ApiPassword = "x" }));
        Assert.Contains("leave Database__ApiPassword unset", password.Message, StringComparison.Ordinal);

        var reports = new List<string>();
        await DatabaseMigrator.MigrateAsync(connection, new() { Report = reports.Add });
        Assert.Contains(reports, line => line.StartsWith("warning: slow statements of payments_api are not watched", StringComparison.Ordinal));
        Assert.Empty((await DatabaseMigrator.PlanAsync(connection, new())).Actions);
    }

    [Fact]
    public async Task A_user_who_may_create_roles_need_not_be_a_superuser()
    {
        await ExecuteAsync("create role deployer login password 'deployer' createdb createrole");
        var connection = new NpgsqlConnectionStringBuilder(server.ConnectionString(Database)) { Username = "deployer", Password = "deployer" }.ConnectionString;

        var first = await DatabaseMigrator.MigrateAsync(connection, new() { ApiPassword = "x" });
        var second = await DatabaseMigrator.MigrateAsync(connection, new() { ApiPassword = "x" });

        Assert.Equal("create login payments_api", first.Actions[0]);
        Assert.Equal(["set the password of payments_api"], second.Actions);
        await LogInAsync("payments_api", "x", Database);
    }

    private Task<MigrationResult> MigrateAsync(MigratorOptions options) => DatabaseMigrator.MigrateAsync(server.ConnectionString(Database), options);

    private async Task LogInAsync(string role, string password, string database)
    {
        var settings = new NpgsqlConnectionStringBuilder(server.ConnectionString(database)) { Username = role, Password = password, Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
    }

    private async Task ExecuteAsync(string statement)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString("postgres")) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await connection.ExecuteAsync(statement);
    }

    private async Task<string[]> RowsAsync(string query)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.ConnectionString("postgres")) { Pooling = false });
        return await source.RowsAsync(query);
    }

    /// <summary>A server for this class alone.</summary>
    public sealed class Server : IAsyncLifetime
    {
        private LocalPostgresServer _server = null!;

        public string ConnectionString(string database) => _server.ConnectionString(database);

        public async Task InitializeAsync()
        {
            _server = await LocalPostgresServer.PrepareAsync(new()
            {
                DataFolder = LocalPostgresFolders.NewEphemeral(),
                PreferredPort = 0,
                Password = "logins",
                Ephemeral = true,
            });
            await _server.StartAsync();
        }

        public async Task DisposeAsync() => await _server.DisposeAsync();
    }
}
