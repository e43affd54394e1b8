using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Payments.Testing;
using Payments.Worker.Drop;

namespace Payments.Worker.Tests;

/// <summary>Whatever lies in the drop folder: regular files are imported, the rest is left alone and shown, and nothing outside the folder is read or moved.</summary>
public sealed class DropFolderEntryTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const string Header = "customer_id,customer_name\n";
    private const string Secret = "customer_id,customer_name\nC9,Nobody may read this\n";
    private const string EndRuns = "update ops.imports set status = 'completed'; update ops.runs set status = 'succeeded', finished_at = now()";

    private readonly string _folder = WorkerHost.NewFolder();
    private readonly string _outside = WorkerHost.NewFolder();

    private string Drop => Path.Combine(_folder, "drop");

    private string SecretPath => Path.Combine(_outside, "secret.csv");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Drop);
        await File.WriteAllTextAsync(SecretPath, Secret);
        await ScalarAsync("truncate ops.runs cascade; truncate ops.drop_folders cascade");
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_outside, recursive: true);
        return Task.CompletedTask;
    }

    [SkippableTheory]
    [InlineData("link to a file outside", "symbolic_link")]
    [InlineData("link to a file inside", "symbolic_link")]
    [InlineData("dangling link", "symbolic_link")]
    [InlineData("linked folder", "symbolic_link")]
    [InlineData("pipe", "pipe")]
    [InlineData("socket", "socket")]
    [InlineData("device", "device")]
    [InlineData("hard link", "hard_link")]
    [InlineData("name that is not UTF-8", "invalid_name")]
    public async Task What_is_not_a_regular_file_is_skipped_and_shown_and_the_files_beside_it_are_imported(string entry, string kind)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Links, pipes, sockets and devices of Linux.");
        var path = Path.Combine(Drop, "a.csv");
        using var made = await MakeAsync(entry, path);
        await using var worker = await StartAsync();
        await WriteAsync("customers/z.csv", Header);

        await Eventually.EqualAsync("customers/z.csv", ImportsAsync);
        await Eventually.EqualAsync($"{(kind == "invalid_name" ? "\uFFFD.csv" : "a.csv")}/{kind}/1/watching", EntriesAsync);
        await Task.Delay(300);
        Assert.Single(worker.Log, line => line.Contains($"is skipped ({kind})", StringComparison.Ordinal));
        Assert.Equal("customers/z.csv", await ImportsAsync());
        Assert.Equal(Secret, await File.ReadAllTextAsync(SecretPath));
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(worker));

        await RunAsync("sh", "-c", "rm \"$0\"/*.csv", Drop);
        await Eventually.EqualAsync("", EntriesAsync);
        Assert.Equal(Secret, await File.ReadAllTextAsync(SecretPath));
    }

    [SkippableFact]
    public async Task An_entry_that_was_removed_and_made_again_is_reported_again()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Links of Linux.");
        await using var worker = await StartAsync();
        for (var times = 1; times <= 2; times++)
        {
            File.CreateSymbolicLink(Path.Combine(Drop, "a.csv"), SecretPath);
            await Eventually.EqualAsync("a.csv/symbolic_link/1/watching", EntriesAsync);
            Assert.Equal(times, worker.Log.Count(line => line.Contains("is skipped", StringComparison.Ordinal)));
            File.Delete(Path.Combine(Drop, "a.csv"));
            await Eventually.EqualAsync("", EntriesAsync);
        }
    }

    [SkippableFact]
    public async Task A_file_with_two_names_is_imported_once_it_has_one()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Links of Linux.");
        using var made = await MakeAsync("hard link", Path.Combine(Drop, "customers-1.csv"));
        await using var worker = await StartAsync();
        await Eventually.EqualAsync("customers-1.csv/hard_link/1/watching", EntriesAsync);

        File.Delete(SecretPath);
        await Eventually.EqualAsync("customers/customers-1.csv", ImportsAsync);
        await Eventually.EqualAsync("", EntriesAsync);
        await File.WriteAllTextAsync(SecretPath, Secret);
    }

    [SkippableFact]
    public async Task A_link_in_the_intake_is_never_read_moved_or_imported_again()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Links of Linux.");
        var link = Path.Combine(Directory.CreateDirectory(Path.Combine(Drop, "intake")).FullName, "20260101T000000000000~customers~x.csv");
        File.CreateSymbolicLink(link, SecretPath);
        await using var worker = await StartAsync();
        await WriteAsync("customers/z.csv", Header);

        await Eventually.EqualAsync("customers/z.csv", ImportsAsync);
        await Eventually.EqualAsync("intake/20260101T000000000000~customers~x.csv/symbolic_link/1/watching", EntriesAsync);
        Assert.Equal(SecretPath, new FileInfo(link).LinkTarget);
        Assert.Equal("customers/z.csv", await ImportsAsync());
    }

    [SkippableFact]
    public async Task An_imported_file_that_was_exchanged_for_a_link_stays_where_it_is()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Links of Linux.");
        await using var worker = await StartAsync();
        await WriteAsync("customers/x.csv", Header);
        await Eventually.EqualAsync("customers/x.csv", ImportsAsync);
        var taken = Directory.GetFiles(Path.Combine(Drop, "intake")).Single();
        File.Delete(taken);
        File.CreateSymbolicLink(taken, SecretPath);

        await ScalarAsync(EndRuns);
        await Eventually.EqualAsync($"intake/{Path.GetFileName(taken)}/symbolic_link/1/watching", EntriesAsync);
        await Task.Delay(300);
        Assert.Equal("customers/x.csv", await ImportsAsync());
        Assert.Equal(SecretPath, new FileInfo(taken).LinkTarget);
    }

    [SkippableFact]
    public async Task Files_and_folders_that_turn_into_links_while_they_are_taken_are_never_followed()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Links of Linux.");
        await using var worker = await StartAsync(new() { ["Drop:StableFor"] = "00:00:00", ["Drop:PollInterval"] = "00:00:00.010" });
        var (file, folder, spare) = (Path.Combine(Drop, "customers-1.csv"), Path.Combine(Drop, "customers"), Path.Combine(_folder, "spare"));
        await WriteAsync("customers/secret.csv", Header);

        // A link and a file take each other's place by rename, a folder and a link by exchange.
        const string Flip =
            """
            i=0
            while [ $i -lt 300 ]; do
                printf 'customer_id\n' > "$3.file"; mv -T "$3.file" "$1" 2>/dev/null
                ln -s "$4/secret.csv" "$3.link"; mv -T "$3.link" "$1" 2>/dev/null
                mv -T "$2" "$3" && ln -s "$4" "$2"; printf 'customer_id\n' > "$3/secret.csv"
                rm "$2" && mv -T "$3" "$2"
                i=$((i + 1))
            done
            """;
        await RunAsync("sh", "-c", Flip, "flip", file, folder, spare, _outside);
        await Task.Delay(300);

        Assert.True((long)(await ScalarAsync("select count(*) from ops.imports"))! > 0);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(SecretPath)));
        Assert.Equal(0L, await ScalarAsync($"select count(*) from ops.imports where content_sha256 = '{sha256}'"));
        Assert.Equal(Secret, await File.ReadAllTextAsync(SecretPath));
        Assert.Equal([SecretPath], Directory.GetFileSystemEntries(_outside));
    }

    [SkippableFact]
    public async Task Whatever_an_entry_was_when_it_was_looked_at_only_a_regular_file_is_opened()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Links and pipes of Linux.");
        using var made = await MakeAsync("hard link", Path.Combine(Drop, "hard"));
        File.CreateSymbolicLink(Path.Combine(Drop, "link"), SecretPath);
        Directory.CreateSymbolicLink(Path.Combine(Drop, "folder"), _outside);
        await RunAsync("mkfifo", Path.Combine(Drop, "pipe"));
        using var drop = HeldFolder.Open(Drop);

        Assert.Equal(EntryKind.HardLink, Assert.Throws<SkippedEntryException>(() => drop.OpenFile("hard")).Kind);
        Assert.Equal(EntryKind.SymbolicLink, Assert.Throws<SkippedEntryException>(() => drop.OpenFile("link")).Kind);
        Assert.Equal(EntryKind.Pipe, Assert.Throws<SkippedEntryException>(() => drop.OpenFile("pipe")).Kind);
        Assert.Equal(EntryKind.Folder, Assert.Throws<SkippedEntryException>(() => drop.OpenFile(".")).Kind);
        Assert.ThrowsAny<IOException>(() => UnixFiles.OpenFolder(Path.Combine(Drop, "folder"), mayBeLink: false));
    }

    [SkippableFact]
    public async Task A_folder_that_was_exchanged_for_a_link_is_still_the_folder_that_was_opened()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Folders are held on Linux.");
        await WriteAsync("customers/secret.csv", Header);
        using var drop = HeldFolder.Open(Drop);
        using var customers = drop.OpenFolder("customers");
        Directory.Move(Path.Combine(Drop, "customers"), Path.Combine(_folder, "elsewhere"));
        Directory.CreateSymbolicLink(Path.Combine(Drop, "customers"), _outside);

        using (var reader = new StreamReader(customers.OpenFile("secret.csv"))) Assert.Equal(Header, await reader.ReadToEndAsync());
        customers.Move("secret.csv", drop, "moved.csv", () => { });
        Assert.Equal(Header, await File.ReadAllTextAsync(Path.Combine(Drop, "moved.csv")));
        Assert.Equal(Secret, await File.ReadAllTextAsync(SecretPath));
    }

    [SkippableFact]
    public async Task A_linked_intake_stops_the_folder_with_one_error_until_it_is_a_folder_again()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Links of Linux.");
        var intake = Path.Combine(Drop, "intake");
        Directory.CreateSymbolicLink(intake, _outside);
        await using var worker = await StartAsync();
        await WriteAsync("customers/x.csv", Header);

        await Eventually.EqualAsync("intake/symbolic_link/1/failed", EntriesAsync);
        Assert.Equal(HealthStatus.Degraded, await HealthAsync(worker));
        Assert.Single(worker.Log, line => line.StartsWith("Error: Folder intake in the drop folder cannot be used: It is a link", StringComparison.Ordinal));
        Assert.Equal([SecretPath], Directory.GetFileSystemEntries(_outside));

        File.Delete(intake);
        await Eventually.EqualAsync("customers/x.csv", ImportsAsync);
        await Eventually.EqualAsync("", EntriesAsync);
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(worker));
    }

    [SkippableFact]
    public async Task Files_are_kept_in_the_intake_while_done_and_failed_are_links()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Links of Linux.");
        Directory.CreateSymbolicLink(Path.Combine(Drop, "done"), _outside);
        Directory.CreateSymbolicLink(Path.Combine(Drop, "failed"), _outside);
        await using var worker = await StartAsync();
        await WriteAsync("customers/x.csv", Header);
        await Eventually.EqualAsync("customers/x.csv", ImportsAsync);
        await ScalarAsync(EndRuns);

        await Eventually.EqualAsync("done/symbolic_link/2/failed failed/symbolic_link/2/failed", EntriesAsync);
        await Task.Delay(200);
        Assert.Equal(2, worker.Log.Count(line => line.StartsWith("Error: ", StringComparison.Ordinal)));
        Assert.Single(Directory.GetFiles(Path.Combine(Drop, "intake")));
        Assert.Equal([SecretPath], Directory.GetFileSystemEntries(_outside));
    }

    [SkippableFact]
    public async Task A_reason_is_not_written_through_a_link()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Links of Linux.");
        var failed = Directory.CreateDirectory(Path.Combine(Drop, "failed")).FullName;
        var reason = Path.Combine(failed, "20260101T000000000000-x.csv.reason.txt");
        File.CreateSymbolicLink(reason, SecretPath);
        await using var worker = await StartAsync();
        await WriteAsync("intake/20260101T000000000000~nosuch~x.csv", Header);

        await Eventually.EqualAsync(true, () => Task.FromResult(File.Exists(Path.Combine(failed, "20260101T000000000000-x.csv"))));
        Assert.Null(new FileInfo(reason).LinkTarget);
        Assert.Contains("nosuch", await File.ReadAllTextAsync(reason), StringComparison.Ordinal);
        Assert.Equal(Secret, await File.ReadAllTextAsync(SecretPath));
    }

    [SkippableFact]
    public async Task A_file_that_cannot_be_moved_is_shown_and_stops_no_other()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Attributes of Linux.");
        await WriteAsync("customers/a.csv", Header);
        var path = Path.Combine(Drop, "customers", "a.csv");
        Skip.IfNot(await TryAsync("chattr", "+i", path), "This file system, or this login, has no immutable files.");
        try
        {
            await using var worker = await StartAsync();
            await WriteAsync("customers/z.csv", Header);
            await Eventually.EqualAsync("customers/z.csv", ImportsAsync);
            await Eventually.EqualAsync("customers/a.csv/unusable/1/watching", EntriesAsync);

            await RunAsync("chattr", "-i", path);
            await Eventually.EqualAsync("customers/z.csv customers/a.csv", ImportsAsync);
            await Eventually.EqualAsync("", EntriesAsync);
        }
        finally
        {
            await TryAsync("chattr", "-i", path);
        }
    }

    [Fact]
    public async Task A_name_that_the_database_refuses_is_shown_and_stops_no_other()
    {
        await using var worker = await StartAsync();
        var name = $"by-hand-{new string('x', 200)}.csv";
        await WriteAsync($"intake/{name}", Header);
        await WriteAsync("customers/z.csv", Header);

        await Eventually.EqualAsync("customers/z.csv", ImportsAsync);
        await Eventually.EqualAsync($"intake/{name}/unusable/1/watching", EntriesAsync);
    }

    [SkippableTheory]
    [InlineData("tilde~a~b.csv")]
    [InlineData("new\nline.csv")]
    [InlineData("back\\slash.csv")]
    [InlineData("支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払支払.csv")]
    [InlineData("😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀.csv")]
    public async Task Unusual_names_are_imported_and_put_away(string name)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Names that Windows does not have.");
        await using var worker = await StartAsync();
        await WriteAsync($"customers/{name}", Header);
        await Eventually.EqualAsync<object?>(1L, () => ScalarAsync("select count(*) from ops.imports where profile = 'customers'"));
        await ScalarAsync("update ops.imports set status = 'completed'; update ops.runs set status = 'failed', error = 'why', finished_at = now()");

        var failed = new DirectoryInfo(Path.Combine(Drop, "failed"));
        await Eventually.EqualAsync(2, () => Task.FromResult(failed.GetFiles().Length));
        Assert.All(failed.GetFiles(), file => Assert.DoesNotContain('\uFFFD', file.Name));
        Assert.DoesNotContain(worker.Log, line => line.Contains("Dropped file", StringComparison.Ordinal) && line.Contains('\n', StringComparison.Ordinal));
        Assert.Equal("", await EntriesAsync());
    }

    [Theory]
    [InlineData(".rsync-partial/a.csv")]
    [InlineData("customers/deeper/a.csv")]
    public async Task Hidden_folders_and_folders_in_folders_are_left_alone(string name)
    {
        await using var worker = await StartAsync();
        await WriteAsync(name, Header);
        await WriteAsync("customers/z.csv", Header);
        await Eventually.EqualAsync("customers/z.csv", ImportsAsync);
        await Task.Delay(300);
        Assert.Equal("customers/z.csv", await ImportsAsync());
        Assert.True(File.Exists(Path.Combine(Drop, name)));
    }

    [Fact]
    public async Task A_file_that_changes_whenever_it_is_imported_is_given_up_after_three_more_times_whichever_worker_counts()
    {
        await WriteAsync("customers/grows.csv", Header);
        for (var times = 1; times <= 4; times++)
        {
            await using var worker = await StartAsync();
            await Eventually.EqualAsync<object?>((long)times, () => ScalarAsync("select count(*) from ops.runs"));
            await File.AppendAllTextAsync(Directory.GetFiles(Path.Combine(Drop, "intake")).Single(), $"C{times},A name\n");
            await ScalarAsync(EndRuns);
            if (times == 4) await Eventually.EqualAsync(2, () => Task.FromResult(Directory.GetFiles(Path.Combine(Drop, "failed")).Length));
            else await Eventually.EqualAsync<object?>(times + 1L, () => ScalarAsync("select count(*) from ops.runs"));
        }

        Assert.Empty(Directory.GetFiles(Path.Combine(Drop, "intake")));
        var reason = await File.ReadAllTextAsync(Directory.GetFiles(Path.Combine(Drop, "failed"), "*.reason.txt").Single());
        Assert.StartsWith("The file was imported 4 times, and had changed each time", reason, StringComparison.Ordinal);
        Assert.Equal(4L, await ScalarAsync("select count(*) from ops.runs"));
    }

    [Fact]
    public async Task A_sweep_that_comes_no_further_degrades_the_health_until_it_does()
    {
        await using var worker = await StartAsync(new() { ["Drop:StuckAfter"] = "00:00:00.500" });
        await Eventually.EqualAsync("watching", StatusAsync);
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(worker));

        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var command = new NpgsqlCommand("lock table ops.imports in access exclusive mode", connection, transaction);
            await command.ExecuteNonQueryAsync();
            await WriteAsync("customers/x.csv", Header);
            await Eventually.EqualAsync("stuck", StatusAsync);
            Assert.Equal(HealthStatus.Degraded, await HealthAsync(worker));
            Assert.Single(worker.Log, line => line.StartsWith("Warning: The drop folder is stuck", StringComparison.Ordinal));
        }

        await Eventually.EqualAsync("watching", StatusAsync);
        await Eventually.EqualAsync("customers/x.csv", ImportsAsync);
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(worker));
    }

    [SkippableFact]
    public async Task A_worker_of_its_own_answers_Degraded_and_200_while_the_folder_has_failed()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Links of Linux.");
        Directory.CreateSymbolicLink(Path.Combine(Drop, "intake"), _outside);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        listener.Stop();
        await using var worker = SpawnedWorker.Start(database, _folder, ("ASPNETCORE_URLS", address.ToString()));

        await Eventually.EqualAsync("intake/symbolic_link/1/failed", EntriesAsync, seconds: 60);
        using var client = new HttpClient { BaseAddress = address };
        using var health = await client.GetAsync(new Uri("/health", UriKind.Relative));
        Assert.Equal((HttpStatusCode.OK, "Degraded"), (health.StatusCode, await health.Content.ReadAsStringAsync()));

        File.Delete(Path.Combine(Drop, "intake"));
        await Eventually.EqualAsync("Healthy", () => client.GetStringAsync(new Uri("/health", UriKind.Relative)));
    }

    [SkippableFact]
    public async Task A_sweep_that_fails_degrades_the_health_and_is_tried_again()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Files in place of folders.");
        Directory.Delete(Drop);
        await File.WriteAllTextAsync(Drop, "");
        await using var worker = await StartAsync();
        await Eventually.EqualAsync("failed", StatusAsync);
        Assert.Equal(HealthStatus.Degraded, await HealthAsync(worker));
        Assert.Single(worker.Log, line => line.StartsWith("Error: A sweep of the drop folder failed", StringComparison.Ordinal));

        File.Delete(Drop);
        await WriteAsync("customers/x.csv", Header);
        await Eventually.EqualAsync("customers/x.csv", ImportsAsync);
        await Eventually.EqualAsync("watching", StatusAsync);
    }

    [SkippableFact]
    public async Task A_file_moves_onto_another_file_system_as_a_whole()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Directory.Exists("/dev/shm"), "A second file system that everybody may write to.");
        var elsewhere = Path.Combine("/dev/shm", Path.GetFileName(_folder));
        try
        {
            using var from = HeldFolder.Open(elsewhere);
            using var to = HeldFolder.Open(Drop);
            await File.WriteAllTextAsync(Path.Combine(elsewhere, "x.csv"), Header);
            File.CreateSymbolicLink(Path.Combine(elsewhere, "link.csv"), SecretPath);

            from.Move("x.csv", to, "y.csv", () => { });
            Assert.Throws<SkippedEntryException>(() => from.Move("link.csv", to, "z.csv", () => { }));
            Assert.Equal(["link.csv"], from.Names());
            Assert.Equal(["y.csv"], to.Names());
            Assert.Equal(Header, await File.ReadAllTextAsync(Path.Combine(Drop, "y.csv")));

            await WriteAsync(".left.csv.part", Header);
            to.RemoveUnfinished();
            Assert.Equal(["y.csv"], to.Names());
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    private Task<WorkerHost> StartAsync(Dictionary<string, string?>? settings = null) =>
        WorkerHost.StartAsync(database, WorkerHost.Dropping, settings, _folder);

    private async Task<IDisposable?> MakeAsync(string entry, string path)
    {
        switch (entry)
        {
            case "link to a file outside":
                File.CreateSymbolicLink(path, SecretPath);
                return null;
            case "link to a file inside":
                await WriteAsync("customers/.inside.csv", Header);
                File.CreateSymbolicLink(path, Path.Combine("customers", ".inside.csv"));
                return null;
            case "dangling link":
                File.CreateSymbolicLink(path, "/nowhere/x.csv");
                return null;
            case "linked folder":
                Directory.CreateSymbolicLink(path, _outside);
                return null;
            case "pipe":
                await RunAsync("mkfifo", path);
                return null;
            case "socket":
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                socket.Bind(new UnixDomainSocketEndPoint(path));
                return socket;
            case "device":
                Skip.IfNot(await TryAsync("mknod", path, "c", "1", "3"), "This login may make no devices.");
                return null;
            case "hard link":
                await RunAsync("ln", SecretPath, path);
                return null;
            default:
                await RunAsync("sh", "-c", "printf x > \"$0/$(printf '\\377').csv\"", Drop);
                return null;
        }
    }

    private async Task WriteAsync(string name, string content)
    {
        var path = Path.Combine(Drop, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, content);
    }

    private static async Task RunAsync(string program, params string[] arguments) => Assert.True(await TryAsync(program, arguments), program);

    private static async Task<bool> TryAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }

    private static async Task<HealthStatus> HealthAsync(WorkerHost worker) =>
        (await worker.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "drop_folder")).Status;

    private async Task<string> ImportsAsync() => (string)(await ScalarAsync(
        "select coalesce(string_agg(concat_ws('/', import.profile, import.file_name), ' ' order by import.import_id), '') from ops.imports as import"))!;

    private async Task<string> EntriesAsync() => (string)(await ScalarAsync(
        """
        select coalesce(string_agg(concat_ws('/', entry.name, entry.kind, folder.skipped_count, folder.status), ' ' order by entry.name), '')
        from pipeline.list_drop_folder_entries(null) as entry
        inner join ops.drop_folders as folder using (drop_folder_id)
        """))!;

    private async Task<string?> StatusAsync() => (string?)await ScalarAsync("select status from ops.drop_folders");

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
