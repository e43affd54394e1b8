using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Payments.LocalPostgres;
using Payments.Testing;
using Payments.Worker.Runs;

namespace Payments.Worker.Tests;

/// <summary>API and worker run with logins of their own, or not at all.</summary>
public sealed class LoginTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    public static TheoryData<string> Services { get; } = [ServiceProcess.Api, ServiceProcess.Worker];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_service_refuses_to_run_as_a_superuser_and_names_the_settings(string service)
    {
        await using var process = new ServiceProcess(service, database.ConnectionString);

        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Contains("does not run with the owner's privileges: postgres is a superuser.", process.Output, StringComparison.Ordinal);
        Assert.Contains("Set ConnectionStrings:payments to a login of its own, payments_api", process.Output, StringComparison.Ordinal);
        Assert.Contains("Database__ApiPassword and Database__WorkerPassword", process.Output, StringComparison.Ordinal);
        Assert.Contains("Database__RunAsOwner=true", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alter database {1} owner to {0}", "is the owner of the database")]
    [InlineData("alter table ops.runs owner to {0}", "is the owner of tables of the platform")]
    [InlineData("alter schema ops owner to {0}", "is the owner of a schema of the platform")]
    [InlineData("alter role {0} createrole", "is a role that may create roles")]
    [InlineData("create role {0}_group; alter schema pipeline owner to {0}_group; grant {0}_group to {0}", "is the owner of a schema of the platform")]
    public async Task A_service_refuses_whatever_only_the_migrator_should_have(string grant, string finding)
    {
        var own = new TestDatabase();
        await own.InitializeAsync();
        var role = $"owner_{Guid.NewGuid():n}"[..20];
        var name = new NpgsqlConnectionStringBuilder(own.ConnectionString).Database;
        try
        {
            await ExecuteAsync(own, $"create role {role} login password '{TestDatabase.LoginPassword}'; grant connect on database {name} to {role}");
            await ExecuteAsync(own, string.Format(null, grant, role, name));

            await using var process = new ServiceProcess(ServiceProcess.Api, own.ConnectionStringFor(role));

            Assert.Equal(1, await process.ExitCodeAsync());
            Assert.Contains($"{role} {finding}.", process.Output, StringComparison.Ordinal);
        }
        finally
        {
            await own.DisposeAsync();
            await ExecuteAsync(database, $"drop role if exists {role}, {role}_group");
        }
    }

    [Fact]
    public async Task No_session_of_the_owners_login_is_handed_out()
    {
        await using var worker = await WorkerHost.StartAsync(
            database, builder => builder.AddRunPickUp(), new() { ["ConnectionStrings:payments"] = database.ConnectionString });

        var pooled = await Assert.ThrowsAsync<NpgsqlException>(async () => await worker.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync());
        await Assert.ThrowsAsync<NpgsqlException>(async () => await worker.Services.GetRequiredService<RunConnections>().OpenAsync(default));
        Assert.Equal("The service does not use the login of ConnectionStrings:payments: postgres is a superuser", pooled.Message);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task One_setting_lets_a_service_run_as_owner_and_it_warns(string service)
    {
        await using var process = new ServiceProcess(service, database.ConnectionString, settings: ("Database__RunAsOwner", "true"));

        using var client = await process.ListeningAsync();
        await process.SaysAsync("runs with the owner's privileges, as Database:RunAsOwner says: postgres is a superuser");
        Assert.Equal("Healthy", await client.GetStringAsync("/health"));
    }

    [Theory]
    [InlineData(ServiceProcess.Api, "payments_api")]
    [InlineData(ServiceProcess.Worker, "payments_worker")]
    public async Task With_its_own_login_a_service_is_healthy_and_says_nothing(string service, string role)
    {
        await using var process = new ServiceProcess(service, database.ConnectionStringFor(role));

        using var client = await process.ListeningAsync();
        Assert.Equal("Healthy", await client.GetStringAsync("/health"));
        Assert.DoesNotContain("privileges", process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task The_login_of_a_database_that_is_unavailable_is_checked_when_it_answers(string service)
    {
        await using var server = await LocalPostgresServer.PrepareAsync(new()
        {
            DataFolder = LocalPostgresFolders.NewEphemeral(),
            PreferredPort = 0,
            Password = "late",
            Ephemeral = true,
        });
        await using var process = new ServiceProcess(service, server.ConnectionString("postgres"));
        using (var client = await process.ListeningAsync())
        {
            using var live = await client.GetAsync("/alive");
            using var ready = await client.GetAsync("/health");
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (live.StatusCode, ready.StatusCode));
        }

        await server.StartAsync();

        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Contains("postgres is a superuser", process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ServiceProcess.Api, "ConnectionStrings__payments", "The password in ConnectionStrings:payments")]
    [InlineData(ServiceProcess.Worker, "ConnectionStrings__payments", "The password in ConnectionStrings:payments")]
    [InlineData(ServiceProcess.Worker, "ConnectionStrings__payments-owner", "The password in ConnectionStrings:payments-owner")]
    [InlineData(ServiceProcess.Worker, "Cards__HashKey", "Cards:HashKey")]
    public async Task A_published_secret_outside_development_is_a_refusal_to_start(string service, string setting, string named)
    {
        var value = setting == "Cards__HashKey" ? "payments-dev-cards-hash-key" : "Host=localhost;Database=x;Username=y;Password=payments-dev-password";
        await using var process = new ServiceProcess(service, database.ConnectionStringFor("payments_worker"), "Production", (setting, value));

        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Equal(
            $"{named} is a secret that is published in the source: outside Development (DOTNET_ENVIRONMENT) set one of your own.",
            process.Output);
    }

    [Fact]
    public async Task In_development_a_published_key_of_card_hashes_is_used()
    {
        await using var process = new ServiceProcess(
            ServiceProcess.Worker, database.ConnectionStringFor("payments_worker"), settings: ("Cards__HashKey", "payments-dev-cards-hash-key"));

        using var client = await process.ListeningAsync();
        Assert.Equal("Healthy", await client.GetStringAsync("/health"));
    }

    private static async Task ExecuteAsync(TestDatabase database, string statements)
    {
        await using var command = database.DataSource.CreateCommand(statements);
        await command.ExecuteNonQueryAsync();
    }
}
