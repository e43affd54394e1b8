using System.Diagnostics;
using System.Text.RegularExpressions;
using Npgsql;
using Payments.LocalPostgres;

namespace Payments.AppHost.Tests;

/// <summary>The app host as a user runs it: from a shell, with signals and exit codes.</summary>
public sealed class AppHostProcessTests
{
    private const string IsReady = "Payments is running";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Help_names_every_way_to_a_database_and_starts_nothing()
    {
        await using var appHost = new AppHostProcess("--help");

        Assert.Equal(0, await appHost.WaitForExitAsync());
        Assert.All(
            [
                "--reset", "ConnectionStrings:payments", "Parameters:api-password", "Database:RunAsOwner", "Postgres:Container", "PAYMENTS_POSTGRES", "Postgres:Port", "Storage:Path",
                "Generate:",
            ],
            option => Assert.Contains(option, appHost.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_stops_services_in_good_order_hands_runs_back_and_leaves_no_process(string signal)
    {
        // The first run takes far longer than it is given here.
        var arguments = PrivateServer.NewLastingArguments("--Generate:Payments=2000000");
        var folder = PrivateServer.FolderOf(arguments);
        await using (var appHost = new AppHostProcess(arguments))
        {
            await appHost.WaitForResourceAsync(@"Run 1 \(etl");
            await appHost.WaitForResourceAsync("Content root path: .*/Api");

            appHost.Signal(signal);

            Assert.Equal(0, await appHost.WaitForExitAsync());
            await appHost.WaitForNoProcessesAsync(Patience);
            var logs = appHost.ResourceLogs();
            Assert.EndsWith("Payments.Api has stopped in good order", LogOf(logs, "Content root path: .*/Api"), StringComparison.Ordinal);
            var worker = LogOf(logs, "Content root path: .*/Worker");
            Assert.EndsWith("Payments.Worker has stopped in good order", worker, StringComparison.Ordinal);
            Assert.Matches("Run 1: handed back", worker);
            Assert.EndsWith("database system is shut down", LogOf(logs, "listening on IPv4"), StringComparison.Ordinal);
            Assert.DoesNotContain("SIGKILL", appHost.DcpLog(), StringComparison.Ordinal);
            Assert.Contains("SIGTERM", appHost.DcpLog(), StringComparison.Ordinal);
        }

        Assert.Equal("shut down", await ClusterStateAsync(folder));
        Assert.Equal("queued", await ScalarAsync(folder, "select status from ops.runs where run_id = 1"));
        await ResetAsync(arguments);
    }

    [Fact]
    public async Task After_kill_9_nothing_is_left_and_the_next_start_goes_on_with_the_same_data()
    {
        var arguments = PrivateServer.NewLastingArguments();
        await using (var killed = new AppHostProcess(arguments))
        {
            await killed.WaitForAsync(IsReady);

            killed.Kill();
            await killed.WaitForExitAsync();
            await killed.WaitForNoProcessesAsync(Patience);
            Assert.DoesNotContain("SIGKILL", killed.DcpLog(), StringComparison.Ordinal);
        }

        await using (var next = new AppHostProcess(arguments))
        {
            await next.WaitForAsync(IsReady);
            next.Signal("TERM");
            Assert.Equal(0, await next.WaitForExitAsync());
            await next.WaitForNoProcessesAsync(Patience);
        }

        Assert.Equal(5000L, await ScalarAsync(PrivateServer.FolderOf(arguments), "select count(*) from public.payments"));
        Assert.Equal(1L, await ScalarAsync(PrivateServer.FolderOf(arguments), "select count(*) from ops.runs where requested_by = 'first_run' and kind = 'etl'"));
        await ResetAsync(arguments);
    }

    [Fact]
    public async Task A_migrator_that_fails_is_told_with_its_last_words()
    {
        await using var appHost = new AppHostProcess("--ConnectionStrings:payments=Username=nobody", "--Database:RunAsOwner=true");

        await appHost.WaitForAsync(@"The migrator failed \(exit code 2\)");

        await appHost.WaitForAsync("The connection string names no Host");
        await appHost.WaitForAsync("start the migrator again in the dashboard");
    }

    [Fact]
    public async Task A_server_of_the_users_without_logins_for_the_services_is_refused_with_the_ways_out()
    {
        await using var appHost = new AppHostProcess("--ConnectionStrings:payments=Host=127.0.0.1;Port=1;Username=owner;Password=secret");

        Assert.Equal(1, await appHost.WaitForExitAsync());
        Assert.All(
            ["Parameters:api-password", "ConnectionStrings:payments-worker", "Database:RunAsOwner=true"],
            way => Assert.Contains(way, appHost.Output, StringComparison.Ordinal));
        Assert.Empty(appHost.LivingProcesses());
    }

    [Fact]
    public async Task A_published_secret_is_refused_for_a_server_of_the_users()
    {
        await using var appHost = new AppHostProcess("--ConnectionStrings:payments=Host=127.0.0.1;Port=1;Username=owner;Password=secret", "--Parameters:bi-password=payments-dev-bi-password");

        Assert.Equal(1, await appHost.WaitForExitAsync());
        Assert.Contains("Parameters:bi-password is a secret that is published in the source", appHost.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_development_a_server_is_not_started_with_published_secrets()
    {
        await using var appHost = AppHostProcess.InProduction([.. PrivateServer.NewArguments(), "--Parameters:api-password=given"]);

        Assert.Equal(1, await appHost.WaitForExitAsync());
        Assert.Contains("Give Parameters:postgres-password, Parameters:worker-password, Parameters:bi-password, Parameters:cards-hash-key.", appHost.Output, StringComparison.Ordinal);
    }

    private static string LogOf(IReadOnlyList<string> logs, string pattern) =>
        Regex.Replace(Assert.Single(logs, log => Regex.IsMatch(log, pattern)), @"\e\[[0-9;]*m", "").TrimEnd();

    private static async Task<string> ClusterStateAsync(string folder)
    {
        await using var server = await LocalPostgresServer.PrepareAsync(OptionsOf(folder));
        var programs = Path.GetDirectoryName(server.Command.Arguments.First(argument => Path.GetFileName(argument) == "postgres"))!;
        using var control = Process.Start(new ProcessStartInfo(Path.Combine(programs, "pg_controldata"), [Path.Combine(folder, "data")]) { RedirectStandardOutput = true })!;
        var output = await control.StandardOutput.ReadToEndAsync();
        return Regex.Match(output, @"Database cluster state:\s+(.*)").Groups[1].Value;
    }

    private static async Task<object?> ScalarAsync(string folder, string sql)
    {
        await using var server = await LocalPostgresServer.PrepareAsync(OptionsOf(folder));
        await server.StartAsync();
        await using var connection = new NpgsqlConnection(server.ConnectionString("financial_analytics") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static LocalPostgresOptions OptionsOf(string folder) => new() { DataFolder = folder, PreferredPort = 0, Password = "payments-dev-postgres-password" };

    private static async Task ResetAsync(string[] arguments)
    {
        await using var reset = new AppHostProcess([.. arguments, "--reset"]);
        Assert.Equal(0, await reset.WaitForExitAsync());
        Assert.False(Directory.Exists(PrivateServer.FolderOf(arguments)));
    }
}
