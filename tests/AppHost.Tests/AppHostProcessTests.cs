using System.Net;
using System.Text.RegularExpressions;

namespace Payments.AppHost.Tests;

/// <summary>The app host as a user runs it: from a shell, with signals and exit codes.</summary>
public sealed partial class AppHostProcessTests
{
    private const string MigratorIsDone = @"migrator +Finished \(0\)";
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Help_names_every_way_to_a_database_and_starts_nothing()
    {
        await using var appHost = new AppHostProcess("--help");

        Assert.Equal(0, await appHost.WaitForExitAsync());
        Assert.All(
            ["--reset", "ConnectionStrings:payments", "ASPIRE_CONTAINER_RUNTIME", "PAYMENTS_POSTGRES", "Postgres:Port", "Storage:Path", "Generate:"],
            option => Assert.Contains(option, appHost.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task SIGTERM_stops_everything_and_leaves_no_process()
    {
        await using var appHost = new AppHostProcess(PrivateServer.NewArguments());
        await appHost.WaitForAsync(MigratorIsDone);

        appHost.Terminate();

        Assert.Equal(0, await appHost.WaitForExitAsync());
        Assert.Contains("database system is shut down", appHost.Output, StringComparison.Ordinal);
        Assert.Empty(appHost.LivingProcesses());
    }

    [Fact]
    public async Task After_kill_9_nothing_is_left_and_the_next_start_goes_on_with_the_same_data()
    {
        var arguments = PrivateServer.NewLastingArguments();
        await using (var killed = new AppHostProcess(arguments))
        {
            await killed.WaitForAsync(MigratorIsDone);

            killed.Kill();
            await killed.WaitForExitAsync();
            await killed.WaitForNoProcessesAsync(Seconds);
        }

        await using (var next = new AppHostProcess(arguments))
        {
            await next.WaitForAsync(MigratorIsDone);
            next.Terminate();
            Assert.Equal(0, await next.WaitForExitAsync());
            Assert.Empty(next.LivingProcesses());
        }

        await using var reset = new AppHostProcess([.. arguments, "--reset"]);
        Assert.Equal(0, await reset.WaitForExitAsync());
        Assert.False(Directory.Exists(arguments.Single(argument => argument.StartsWith("--Postgres:DataFolder=", StringComparison.Ordinal)).Split('=')[1]));
    }

    [Fact]
    public async Task A_migrator_that_fails_ends_the_app_host_with_its_exit_code_and_its_log_in_view()
    {
        await using var appHost = new AppHostProcess("--ConnectionStrings:payments=Username=nobody");

        Assert.Equal(2, await appHost.WaitForExitAsync());
        Assert.Matches(@"migrator +\| The connection string names no Host", appHost.Output);
        Assert.Matches(@"api +FailedToStart", appHost.Output);
        Assert.Empty(appHost.LivingProcesses());
    }

    [Fact]
    public async Task The_dashboard_shows_the_resources_to_this_machine_only()
    {
        await using var appHost = new AppHostProcess(PrivateServer.NewArguments());
        await appHost.WaitForAsync(MigratorIsDone);
        var address = DashboardAddress().Match(appHost.Output).Groups[1].Value;
        using var client = new HttpClient { BaseAddress = new Uri(address) };

        Assert.Contains("<h1>Resources</h1>", await client.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Contains("\"name\":\"migrator\",\"state\":\"Finished (0)\"", await client.GetStringAsync("/state"), StringComparison.Ordinal);
        using var fromElsewhere = new HttpRequestMessage(HttpMethod.Get, "/state") { Headers = { Host = "attacker.example" } };
        using var refused = await client.SendAsync(fromElsewhere);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [GeneratedRegex(@"dashboard\s+(http://\S+)")]
    private static partial Regex DashboardAddress();
}
