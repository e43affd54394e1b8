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
                api = new(connectionString);
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
            using var api = new ApiHost(await PostgresServer.ConnectionStringAsync(name));
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
    public void Without_a_connection_string_the_start_says_what_to_set()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new ApiHost(""));
        Assert.Equal("No database: set ConnectionStrings__payments, or start everything with 'dotnet run --project AppHost'.", error.Message);
    }
}
