using Npgsql;
using Payments.Testing;

namespace Payments.Database.Tests;

/// <summary>The migrator as library and as program.</summary>
public sealed class MigratorTests : IAsyncLifetime
{
    private readonly string _name = TestDatabase.NewName();
    private string _connectionString = "";

    public async Task InitializeAsync() => _connectionString = await PostgresServer.ConnectionStringAsync(_name);

    public Task DisposeAsync() => TestDatabase.DropAsync(_name);

    [Fact]
    public async Task A_missing_database_is_created_and_a_second_run_finds_nothing_to_do()
    {
        var first = await DatabaseMigrator.MigrateAsync(_connectionString, TestDatabase.MigratorOptions);
        var second = await DatabaseMigrator.MigrateAsync(_connectionString, TestDatabase.MigratorOptions);

        Assert.Contains("run migrations/0001_create_schemas.sql", first.Actions);
        Assert.Empty(second.Actions);
        Assert.Equal(
            SqlScripts.Migrations.Select(script => script.Name),
            await RowsAsync("select scriptname from ops.schema_journal order by scriptname collate \"C\""));
    }

    [Fact]
    public async Task Three_at_once_end_well_and_run_each_migration_once()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 3)
            .Select(_ => Task.Run(() => DatabaseMigrator.MigrateAsync(_connectionString, TestDatabase.MigratorOptions))));

        Assert.Single(results, result => result.Actions.Count > 0);
        Assert.Equal([$"{SqlScripts.Migrations.Count}"], await RowsAsync("select count(*) from ops.schema_journal"));
    }

    [Fact]
    public async Task A_dry_run_lists_everything_and_creates_nothing()
    {
        var (exitCode, output, _) = await RunAsync("--dry-run", "--connection", _connectionString);

        Assert.Equal(ExitCodes.Success, exitCode);
        Assert.Contains($"would create database {_name}", output, StringComparison.Ordinal);
        Assert.Contains("would run migrations/0004_create_payments.sql", output, StringComparison.Ordinal);
        var error = await Assert.ThrowsAsync<PostgresException>(() => RowsAsync("select 1"));
        Assert.Equal(PostgresErrorCodes.InvalidCatalogName, error.SqlState);
    }

    [Fact]
    public async Task Changed_code_is_rebuilt_and_old_code_does_not_stay()
    {
        await DatabaseMigrator.MigrateAsync(_connectionString, TestDatabase.MigratorOptions);
        await RowsAsync("comment on schema pipeline is 'version of yesterday'");
        await RowsAsync("create function pipeline.left_behind() returns int language sql as 'select 1'");

        var result = await DatabaseMigrator.MigrateAsync(_connectionString, TestDatabase.MigratorOptions);

        Assert.Equal([$"rebuild the code ({SqlScripts.Code.Count} files) and its rights"], result.Actions);
        Assert.Equal([""], await RowsAsync("select to_regproc('pipeline.left_behind')::text"));
    }

    [Fact]
    public async Task The_reporting_currency_follows_the_options()
    {
        await DatabaseMigrator.MigrateAsync(_connectionString, TestDatabase.MigratorOptions with { ReportingCurrency = "EUR" });
        await DatabaseMigrator.MigrateAsync(_connectionString, TestDatabase.MigratorOptions);

        Assert.Equal(["EUR"], await RowsAsync("select reporting_currency from public.reporting_settings"));
    }

    [Fact]
    public async Task An_unknown_reporting_currency_is_refused_with_its_reason()
    {
        var error = await Assert.ThrowsAsync<DatabaseMigrationException>(
            () => DatabaseMigrator.MigrateAsync(_connectionString, TestDatabase.MigratorOptions with { ReportingCurrency = "XXX" }));

        Assert.Equal(ExitCodes.Failed, error.ExitCode);
        Assert.Contains("reporting_settings_currency_fkey", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_and_remove_ask_for_a_migrated_database()
    {
        var (exitCode, _, error) = await RunAsync("verify-rollups", "--connection", _connectionString);

        Assert.Equal(ExitCodes.Failed, exitCode);
        Assert.Contains("migrate first", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_rollups_prints_differences_and_fails()
    {
        await DatabaseMigrator.MigrateAsync(_connectionString, TestDatabase.MigratorOptions);
        var (exact, _, _) = await RunAsync("verify-rollups", "--connection", _connectionString);
        await RowsAsync("insert into rollup.day_totals values ('2025-01-15', 'USD', 'SUCCESS', 1, 2)");

        var (exitCode, output, _) = await RunAsync("verify-rollups", "--connection", _connectionString);

        Assert.Equal(ExitCodes.Success, exact);
        Assert.Equal(ExitCodes.Differences, exitCode);
        Assert.Contains("rollup.day_totals (2025-01-15,USD,SUCCESS): expected no row, found (1,2.000)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up_in_time()
    {
        var (exitCode, _, error) = await RunAsync("--wait", "1", "--connection", "Host=127.0.0.1;Port=1;Database=x;Username=y");

        Assert.Equal(ExitCodes.Unreachable, exitCode);
        Assert.Contains("127.0.0.1:1", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_connection_string_it_says_how_to_give_one()
    {
        var (exitCode, _, error) = await RunAsync();

        Assert.Equal(ExitCodes.Usage, exitCode);
        Assert.Contains("ConnectionStrings__payments", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_older_than_14_is_refused()
    {
        var error = Assert.Throws<DatabaseMigrationException>(() => ServerConnection.DemandVersion(new Version(13, 22)));
        ServerConnection.DemandVersion(new Version(14, 0));

        Assert.Equal(ExitCodes.ServerTooOld, error.ExitCode);
        Assert.Equal("The server is PostgreSQL 13.22; this platform needs PostgreSQL 14 or newer.", error.Message);
    }

    [Theory]
    [InlineData("Database__ApiPassword", null, "127.0.0.1", "outside Development")]
    [InlineData("Database__WorkerPassword", "Production", "localhost", "outside Development")]
    [InlineData("Database__BiPassword", "Development", "db.example", "another machine (db.example)")]
    [InlineData("Database__ApiPassword", "Development", "localhost,10.0.0.7:5432", "another machine")]
    public async Task A_published_password_is_refused_outside_development_and_for_another_machine(string setting, string? environment, string host, string reason)
    {
        var (exitCode, _, error) = await RunAsync(
            name => name == setting ? "payments-dev-api-password" : name == "DOTNET_ENVIRONMENT" ? environment : null,
            "--wait", "0", "--connection", $"Host={host};Port=1;Database=x;Username=y;Password=z");

        Assert.Equal(ExitCodes.Usage, exitCode);
        Assert.StartsWith($"{setting} is a secret that is published in the source", error, StringComparison.Ordinal);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.DoesNotContain("payments-dev-", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("migrate")]
    [InlineData("verify-rollups")]
    [InlineData("remove-generated")]
    public async Task A_published_password_of_the_owner_is_refused_outside_development(string command)
    {
        const string connection = "Host=127.0.0.1;Port=1;Database=x;Username=postgres;Password=payments-dev-postgres-password";
        var (given, _, ofOption) = await RunAsync(_ => null, command, "--wait", "0", "--connection", connection);
        var (set, _, ofVariable) = await RunAsync(name => name == "ConnectionStrings__payments" ? connection : null, command, "--wait", "0");

        Assert.Equal((ExitCodes.Usage, ExitCodes.Usage), (given, set));
        Assert.StartsWith("The password in --connection is a secret that is published", ofOption, StringComparison.Ordinal);
        Assert.StartsWith("The password in ConnectionStrings__payments is a secret that is published", ofVariable, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1:5432,[::1]:5433")]
    [InlineData("::1")]
    [InlineData("/var/run/postgresql")]
    public async Task In_development_a_published_password_is_good_for_this_machine(string host)
    {
        var (exitCode, _, _) = await RunAsync(
            name => name.StartsWith("Database__", StringComparison.Ordinal) ? "payments-dev-password" : name == "DOTNET_ENVIRONMENT" ? "Development" : null,
            "--wait", "0", "--connection", $"Host={host};Port=1;Database=x;Username=postgres;Password=payments-dev-postgres-password");

        Assert.Equal(ExitCodes.Unreachable, exitCode);
    }

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync(_ => null, arguments);

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(Func<string, string?> environment, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await MigratorCommand.Create(environment).Parse(arguments).InvokeAsync(new() { Output = output, Error = error });
        return (exitCode, output.ToString(), error.ToString());
    }

    private async Task<string[]> RowsAsync(string query)
    {
        await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_connectionString) { Pooling = false });
        return await database.RowsAsync(query);
    }
}
