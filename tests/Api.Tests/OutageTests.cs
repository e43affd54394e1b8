using System.Net;
using Npgsql;
using Payments.Database;
using Payments.LocalPostgres;
using Payments.Testing;

namespace Payments.Api.Tests;

public sealed class OutageTests
{
    [Fact]
    public async Task While_the_database_is_away_answers_say_so_and_when_it_is_back_all_is_well()
    {
        var options = new LocalPostgresOptions
        {
            DataFolder = LocalPostgresFolders.NewEphemeral(),
            PreferredPort = 0,
            Password = "outage",
            Ephemeral = false,
        };
        try
        {
            int port;
            string connectionString;
            ApiHost api;
            await using (var server = await LocalPostgresServer.PrepareAsync(options))
            {
                await server.StartAsync();
                port = server.Port;
                connectionString = server.ConnectionString("payments");
                await DatabaseMigrator.MigrateAsync(connectionString, TestDatabase.MigratorOptions);
                api = new(new NpgsqlConnectionStringBuilder(connectionString) { Username = "payments_api", Password = TestDatabase.LoginPassword }.ConnectionString);
                Assert.Equal("""{"status":"healthy","database":"connected"}""", await api.GetAsync("/api/health"));
                Assert.Equal("[]", await api.GetAsync("/api/reports/sla-breaches"));
            }

            using (api)
            {
                using var health = await api.Client.GetAsync("/api/health");
                Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
                Assert.Equal("""{"status":"unhealthy","database":"disconnected"}""", await health.Content.ReadAsStringAsync());
                Assert.NotNull(health.Headers.RetryAfter);
                foreach (var path in (string[])["/api/reports/sla-breaches", "/api/reports/daily-summary?report_date=2026-01-01", "/api/analytics/customer-insights", "/api/etl/runs", "/api/imports/1"])
                {
                    var problem = await api.ProblemAsync(path, 503);
                    Assert.Equal("The database cannot be reached; the API recovers by itself when it is back.", problem.GetProperty("detail").GetString());
                }

                using var run = new HttpRequestMessage(HttpMethod.Post, "/api/etl/run");
                await api.ProblemAsync(run, 503);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, (await api.Client.GetAsync("/health")).StatusCode);
                Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync("/alive")).StatusCode);

                await using var again = await LocalPostgresServer.PrepareAsync(options with { PreferredPort = port });
                await again.StartAsync();
                Assert.Equal(port, again.Port);
                Assert.Equal("""{"status":"healthy","database":"connected"}""", await api.GetAsync("/api/health"));
                Assert.Equal("[]", await api.GetAsync("/api/reports/sla-breaches"));
                Assert.Equal("Healthy", await api.GetAsync("/health"));
            }
        }
        finally
        {
            await LocalPostgresServer.ResetAsync(options.DataFolder);
        }
    }

    [Fact]
    public async Task A_database_that_is_not_migrated_names_the_command()
    {
        var name = TestDatabase.NewName();
        await using var server = NpgsqlDataSource.Create(await PostgresServer.ConnectionStringAsync());
        await using (var create = server.CreateCommand($"create database {name}"))
        {
            await create.ExecuteNonQueryAsync();
        }

        try
        {
            using var api = new ApiHost(await PostgresServer.ConnectionStringAsync(name), settings: ("Database:RunAsOwner", "true"));
            using var health = await api.Client.GetAsync("/api/health");
            Assert.Equal("""{"status":"unhealthy","database":"not migrated"}""", await health.Content.ReadAsStringAsync());
            Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
            var problem = await api.ProblemAsync("/api/reports/sla-breaches", 503);
            Assert.Contains("dotnet run --project Database", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
        finally
        {
            await TestDatabase.DropAsync(name);
        }
    }

    [Fact]
    public async Task A_report_that_takes_too_long_says_so()
    {
        var database = new TestDatabase();
        await database.InitializeAsync();
        try
        {
            using var api = new ApiHost($"{database.ConnectionStringFor("payments_api")};Command Timeout=1");
            await using var busy = await database.DataSource.OpenConnectionAsync();
            await using var transaction = await busy.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand("lock table public.settlements in access exclusive mode", busy);
            await hold.ExecuteNonQueryAsync();
            var problem = await api.ProblemAsync("/api/reports/sla-breaches", 503);
            Assert.Equal("The database took too long to answer; GET /api/slow-queries shows what keeps it busy.", problem.GetProperty("detail").GetString());

            // What is not switched on is not there.
            Assert.Equal("There is no such endpoint; GET /api/ lists them.", (await api.ProblemAsync("/api/simulations", 404)).GetProperty("detail").GetString());
            using var simulation = new HttpRequestMessage(HttpMethod.Post, "/api/simulations/failed-job");
            await api.ProblemAsync(simulation, 404);
            Assert.DoesNotContain("simulations", await api.GetAsync("/api/"), StringComparison.Ordinal);
        }
        finally
        {
            await database.DisposeAsync();
        }
    }

    [Fact]
    public void Without_a_connection_string_the_start_says_what_to_set()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new ApiHost(""));
        Assert.Equal("No database: set ConnectionStrings__payments, or start everything with 'dotnet run --project AppHost'.", error.Message);
    }
}
