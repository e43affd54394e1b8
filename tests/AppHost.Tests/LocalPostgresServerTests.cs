using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Npgsql;
using Payments.LocalPostgres;

namespace Payments.AppHost.Tests;

public sealed class LocalPostgresServerTests : IAsyncLifetime
{
    private readonly LocalPostgresOptions _options = new()
    {
        DataFolder = LocalPostgresFolders.NewEphemeral(),
        PreferredPort = 0,
        Password = "correct horse",
        Source = PostgresSource.Machine,
        Settings = new Dictionary<string, string> { ["shared_buffers"] = "16MB", ["fsync"] = "off" },
    };

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => LocalPostgresServer.ResetAsync(_options.DataFolder);

    [Fact]
    public async Task A_started_server_answers_in_utf8_and_utc()
    {
        await using var server = await StartedAsync(_options);

        Assert.Equal("UTF8 UTC C", await ScalarAsync(
            server, "select concat_ws(' ', current_setting('server_encoding'), current_setting('timezone'), datcollate) from pg_database where datname = 'postgres'"));
    }

    [Fact]
    public async Task Settings_reach_the_server()
    {
        await using var server = await StartedAsync(_options);

        Assert.Equal("16MB", await ScalarAsync(server, "show shared_buffers"));
    }

    [Theory]
    [InlineData(256L << 20, 128)]
    [InlineData(8L << 30, 2_048)]
    [InlineData(64L << 30, 4_096)]
    public void A_server_keeps_a_quarter_of_the_memory_for_its_pages(long memory, long mebibytes) => Assert.Equal(mebibytes, LocalPostgresServer.BufferMebibytes(memory));

    [Fact]
    public async Task Passwords_are_kept_as_scram_and_a_wrong_one_is_refused()
    {
        await using var server = await StartedAsync(_options);
        var wrong = new NpgsqlConnectionStringBuilder(server.ConnectionString("postgres")) { Password = "wrong", Pooling = false };
        await using var connection = new NpgsqlConnection(wrong.ConnectionString);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync());

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
        Assert.Equal("SCRAM-SHA-256", await ScalarAsync(server, "select split_part(rolpassword, '$', 1) from pg_authid where rolname = 'postgres'"));
    }

    [Fact]
    public async Task The_server_listens_on_loopback_only()
    {
        await using var server = await StartedAsync(_options);

        var listeners = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(end => end.Port == server.Port);

        Assert.Equal([new IPEndPoint(IPAddress.Loopback, server.Port)], listeners);
        Assert.Equal("", await ScalarAsync(server, "show unix_socket_directories"));
    }

    [Fact]
    public async Task The_server_process_is_the_started_one_and_is_not_root()
    {
        await using var server = await StartedAsync(_options);
        var process = Postmaster();

        Assert.DoesNotContain("\nUid:\t0\t", await File.ReadAllTextAsync($"/proc/{process}/status"), StringComparison.Ordinal);
        Assert.Contains($"\nPPid:\t{Environment.ProcessId}\n", await File.ReadAllTextAsync($"/proc/{process}/status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_keeps_the_data_and_the_port()
    {
        int port;
        await using (var first = await StartedAsync(_options))
        {
            port = first.Port;
            await ScalarAsync(first, "create table kept as select 42 as answer");
        }

        await using var second = await StartedAsync(_options);

        Assert.Equal(42, await ScalarAsync(second, "select answer from kept"));
        Assert.Equal(port, second.Port);
    }

    [Fact]
    public async Task A_server_killed_outright_is_healed_by_the_next_start()
    {
        await using (var first = await StartedAsync(_options))
        {
            await ScalarAsync(first, "create table kept as select 42 as answer");
            Process.GetProcessById(Postmaster()).Kill();
        }

        await using var second = await StartedAsync(_options);

        Assert.Equal(42, await ScalarAsync(second, "select answer from kept"));
    }

    [Fact]
    public async Task A_stale_pid_file_that_names_a_living_process_does_not_stop_a_start()
    {
        await using (await StartedAsync(_options))
        {
        }

        // A process of the same user: PostgreSQL itself would take it for the server.
        await using var bystander = await StartedAsync(_options with { DataFolder = LocalPostgresFolders.NewEphemeral(), Ephemeral = true });
        var pid = await ScalarAsync(bystander, "select pg_backend_pid()");
        await File.WriteAllTextAsync(PidFile, $"{pid}\n{Cluster}\n");

        await using var server = await StartedAsync(_options);

        Assert.Equal(1, await ScalarAsync(server, "select 1"));
        Assert.Equal(1, await ScalarAsync(bystander, "select 1"));
    }

    [Fact]
    public async Task The_server_goes_away_when_its_owner_is_killed()
    {
        await using var server = await LocalPostgresServer.PrepareAsync(_options);
        using var owner = Owner(server.Command);
        await UntilAsync(IsReady);

        owner.Kill();

        await UntilAsync(() => !File.Exists(PidFile));
    }

    [Fact]
    public async Task A_server_that_outlived_its_owner_is_stopped_by_the_next_one()
    {
        LocalPostgresCommand command;
        await using (var first = await LocalPostgresServer.PrepareAsync(_options))
        {
            command = first.Command;
        }

        using (var owner = Owner(command with { Arguments = [.. command.Arguments.Select(a => a == "INT" ? "clear" : a)] }))
        {
            await UntilAsync(IsReady);
            owner.Kill();
        }

        var orphan = Postmaster();
        Assert.True(IsReady());

        await using var second = await StartedAsync(_options);

        Assert.NotEqual(orphan, Postmaster());
        Assert.False(Runs(orphan));
        Assert.Equal(1, await ScalarAsync(second, "select 1"));
    }

    [Fact]
    public async Task An_interrupted_initdb_is_healed()
    {
        Directory.CreateDirectory(Cluster + ".new");
        await File.WriteAllTextAsync(Path.Combine(Cluster + ".new", "PG_VERSION"), "15");

        await using var server = await StartedAsync(_options);

        Assert.Equal(1, await ScalarAsync(server, "select 1"));
        Assert.False(Directory.Exists(Cluster + ".new"));
    }

    [Fact]
    public async Task A_folder_in_use_by_a_living_process_is_refused()
    {
        await using var server = await StartedAsync(_options);

        var refusal = await Assert.ThrowsAsync<LocalPostgresException>(() => LocalPostgresServer.PrepareAsync(_options));
        await Assert.ThrowsAsync<LocalPostgresException>(() => LocalPostgresServer.ResetAsync(_options.DataFolder));

        Assert.StartsWith("Another process has the PostgreSQL server", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, await ScalarAsync(server, "select 1"));
    }

    [Fact]
    public async Task A_start_that_fails_carries_the_servers_log()
    {
        var settings = new Dictionary<string, string> { ["shared_buffers"] = "nonsense" };
        await using var server = await LocalPostgresServer.PrepareAsync(_options with { Settings = settings });

        var failure = await Assert.ThrowsAsync<LocalPostgresException>(() => server.StartAsync());

        Assert.Contains("invalid value for parameter \"shared_buffers\": \"nonsense\"", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_made_with_another_password_says_so()
    {
        await using (await StartedAsync(_options))
        {
        }

        await using var server = await LocalPostgresServer.PrepareAsync(_options with { Password = "another" });

        var failure = await Assert.ThrowsAsync<LocalPostgresException>(() => server.StartAsync());

        Assert.StartsWith("The server's password is not the given one", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_the_servers_user_cannot_enter_is_refused()
    {
        var closed = Directory.CreateTempSubdirectory().FullName;

        // Only root needs another user: everybody else runs the server in person.
        var preparing = LocalPostgresServer.PrepareAsync(_options with { DataFolder = Path.Combine(closed, "pg"), Ephemeral = true });
        var refusal = await Record.ExceptionAsync(async () => await (await preparing).DisposeAsync());

        Assert.Equal(Environment.IsPrivilegedProcess, refusal is LocalPostgresException);
        Assert.Empty(Directory.EnumerateFileSystemEntries(closed));
        Directory.Delete(closed);
    }

    [Fact]
    public async Task Reset_deletes_the_data_and_stops_an_ownerless_server()
    {
        LocalPostgresCommand command;
        await using (var first = await LocalPostgresServer.PrepareAsync(_options))
        {
            command = first.Command;
        }

        using var owner = Owner(command);
        await UntilAsync(IsReady);
        var process = Postmaster();

        await LocalPostgresServer.ResetAsync(_options.DataFolder);

        Assert.False(Runs(process));
        Assert.False(Directory.Exists(_options.DataFolder));
    }

    [Fact]
    public async Task An_ephemeral_server_leaves_nothing_behind()
    {
        await using (await StartedAsync(_options with { Ephemeral = true }))
        {
        }

        Assert.False(Directory.Exists(_options.DataFolder));
    }

    [Fact]
    public async Task A_second_dispose_leaves_the_next_owner_alone()
    {
        var first = await StartedAsync(_options);
        await first.DisposeAsync();
        await using var second = await StartedAsync(_options);

        await first.DisposeAsync();

        Assert.Equal(1, await ScalarAsync(second, "select 1"));
    }

    [Fact]
    public async Task A_busy_preferred_port_gives_the_next_free_one()
    {
        using var busy = new TcpListener(IPAddress.Loopback, 0);
        busy.Start();
        var preferred = ((IPEndPoint)busy.LocalEndpoint).Port;

        await using var server = await StartedAsync(_options with { PreferredPort = preferred });

        Assert.InRange(server.Port, preferred + 1, preferred + 100);
    }

    [Fact]
    public async Task A_port_lost_before_the_start_is_replaced()
    {
        await using var server = await LocalPostgresServer.PrepareAsync(_options);
        var lost = server.Port;
        using var quicker = new TcpListener(IPAddress.Loopback, lost);
        quicker.Start();

        await server.StartAsync();

        Assert.NotEqual(lost, server.Port);
        Assert.Equal(1, await ScalarAsync(server, "select 1"));
    }

    [Fact]
    public async Task Two_servers_prepared_at_once_get_two_ports()
    {
        var preferred = _options with { PreferredPort = 54_320 };
        await using var one = await LocalPostgresServer.PrepareAsync(preferred);
        await using var other = await LocalPostgresServer.PrepareAsync(
            preferred with { DataFolder = LocalPostgresFolders.NewEphemeral(), Ephemeral = true });
        await Task.WhenAll(one.StartAsync(), other.StartAsync());

        Assert.NotEqual(one.Port, other.Port);
    }

    private string Cluster => Path.Combine(_options.DataFolder, "data");

    private string PidFile => Path.Combine(Cluster, "postmaster.pid");

    private int Postmaster() => int.Parse(File.ReadLines(PidFile).First(), null);

    private static async Task<LocalPostgresServer> StartedAsync(LocalPostgresOptions options)
    {
        var server = await LocalPostgresServer.PrepareAsync(options);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A shell that has started the server and waits for it.</summary>
    private static Process Owner(LocalPostgresCommand command)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "\"$@\"; true", "sh", command.FileName, .. command.Arguments])
        {
            WorkingDirectory = command.WorkingDirectory,
        };
        return Process.Start(start)!;
    }

    private bool IsReady() =>
        File.Exists(PidFile) && File.ReadAllLines(PidFile) is [.., var status] && status.Trim() == "ready";

    // A dead process whose new parent has not asked for its end still has a number, but no command line.
    private static bool Runs(int process) =>
        File.Exists($"/proc/{process}/cmdline") && File.ReadAllText($"/proc/{process}/cmdline").Length > 0;

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(50, patience.Token);
        }
    }

    private static async Task<object?> ScalarAsync(LocalPostgresServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
