using System.Diagnostics;
using Payments.Testing;

namespace Payments.Worker.Tests;

/// <summary>Files laid into the drop folder become imports, once each, and end where their fate shows.</summary>
public sealed class DropFolderTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const string Header = "customer_id,customer_name\n";
    private readonly string _folder = WorkerHost.NewFolder();

    private string Drop => Path.Combine(_folder, "drop");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Drop);
        await ScalarAsync("truncate ops.runs cascade");
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_file_that_no_longer_grows_becomes_an_import_of_the_profile_of_its_folder()
    {
        await using var worker = await StartAsync(new() { ["Drop:PollInterval"] = "00:00:00.250", ["Drop:StableFor"] = "00:00:00.750" });
        await WriteAsync("customers/new ones.csv", Header);
        await Eventually.EqualAsync("customers/new ones.csv/drop_folder/queued", ImportsAsync);
    }

    [Theory]
    [InlineData("payments-2026.csv", "payments")]
    [InlineData("Merchants_berlin.csv", "merchants")]
    [InlineData("handbook.csv.gz", "handbook")]
    public async Task The_first_word_of_a_name_tells_the_profile_too(string name, string profile)
    {
        await using var worker = await StartAsync();
        await WriteAsync(name, Header);
        await Eventually.EqualAsync($"{profile}/{name}/drop_folder/queued", ImportsAsync);
    }

    [Theory]
    [InlineData("unknown.csv")]
    [InlineData("generated/sample.csv")]
    public async Task A_file_of_which_no_name_tells_the_profile_is_left_to_its_content(string name)
    {
        await using var worker = await StartAsync();
        await WriteAsync(name, Header);
        await Eventually.EqualAsync($"{Path.GetFileName(name)}/drop_folder/queued", ImportsAsync);
        Assert.Equal(1L, await ScalarAsync("select count(*) from ops.imports where profile is null"));
    }

    [Fact]
    public async Task A_file_that_still_grows_is_left_until_it_has_come_to_rest()
    {
        await using var worker = await StartAsync(new() { ["Drop:StableFor"] = "00:00:01" });
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(Drop, "customers")).FullName, "slow.csv");
        await using (var writer = new StreamWriter(path) { AutoFlush = true })
        {
            for (var i = 0; i < 10; i++)
            {
                await writer.WriteAsync($"C{i:D5},A name\n");
                await Task.Delay(100);
                Assert.True(File.Exists(path));
            }
        }

        await Eventually.EqualAsync("customers/slow.csv/drop_folder/queued", ImportsAsync);
        Assert.Equal(140L, await ScalarAsync("select size_bytes from ops.imports"));
    }

    [SkippableFact]
    public async Task A_file_that_a_program_still_has_open_is_left_however_long_its_pauses_are()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Only Linux tells.");
        await using var worker = await StartAsync();
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(Drop, "customers")).FullName, "paused.csv");
        using var writer = Process.Start(new ProcessStartInfo("sh", ["-c", "cat > \"$0\"", path]) { RedirectStandardInput = true })!;
        await writer.StandardInput.WriteAsync(Header);
        await writer.StandardInput.FlushAsync();
        await Task.Delay(1500);
        Assert.True(File.Exists(path));

        await writer.StandardInput.WriteAsync("C1,A name\n");
        writer.StandardInput.Close();
        await Eventually.EqualAsync("customers/paused.csv/drop_folder/queued", ImportsAsync);
        Assert.Equal(Header.Length + 10L, await ScalarAsync("select size_bytes from ops.imports"));
    }

    [Fact]
    public async Task A_file_that_grew_after_it_was_read_is_imported_again_as_a_whole()
    {
        await using var worker = await StartAsync();
        await WriteAsync("customers/grows.csv", Header);
        await Eventually.EqualAsync("customers/grows.csv/drop_folder/queued", ImportsAsync);
        await File.AppendAllTextAsync(Path.Combine(Drop, "intake", FilesIn("intake").Single()), "C1,A name\n");

        await ScalarAsync("update ops.imports set status = 'completed'; update ops.runs set status = 'succeeded', finished_at = now()");
        await Eventually.EqualAsync("customers/grows.csv/drop_folder/succeeded customers/grows.csv/drop_folder/queued", ImportsAsync);
        Assert.Equal(Header.Length + 10L, await ScalarAsync("select max(size_bytes) from ops.imports"));

        await ScalarAsync("update ops.imports set status = 'completed'; update ops.runs set status = 'succeeded', finished_at = now()");
        await Eventually.EqualAsync(1, () => Task.FromResult(FilesIn("done").Count));
        Assert.Empty(FilesIn("intake"));
    }

    [Theory]
    [InlineData("customers/.hidden.csv")]
    [InlineData("customers/upload.csv.part")]
    [InlineData("customers/upload.tmp")]
    public async Task Names_that_say_not_yet_are_left_alone(string name)
    {
        await using var worker = await StartAsync();
        await WriteAsync(name, Header);
        await Task.Delay(600);
        Assert.True(File.Exists(Path.Combine(Drop, name)));
        Assert.Equal("", await ImportsAsync());
    }

    [Fact]
    public async Task Two_workers_on_one_folder_ask_for_each_file_once()
    {
        for (var i = 0; i < 20; i++) await WriteAsync($"customers/file-{i:D2}.csv", $"{Header}C{i},A name\n");
        await using var first = await StartAsync();
        await using var second = await StartAsync();

        await Eventually.EqualAsync<object?>(20L, () => ScalarAsync("select count(*) from ops.runs"));
        await Task.Delay(500);
        Assert.Equal(20L, await ScalarAsync("select count(*) from ops.runs"));
        Assert.Equal(20L, await ScalarAsync("select count(*) from ops.imports"));
        Assert.Equal(20L, await ScalarAsync("select count(distinct file_name) from ops.imports where run_id is not null"));
        Assert.Empty(FilesIn("customers"));
    }

    [Fact]
    public async Task The_same_content_under_two_names_or_dropped_again_is_an_import_each_time()
    {
        await using var worker = await StartAsync();
        await WriteAsync("customers/a.csv", Header);
        await WriteAsync("customers/b.csv", Header);
        await Eventually.EqualAsync<object?>(2L, () => ScalarAsync("select count(*) from ops.runs"));
        await WriteAsync("customers/a.csv", Header);
        await Eventually.EqualAsync<object?>(3L, () => ScalarAsync("select count(*) from ops.runs"));
        Assert.Equal(1L, await ScalarAsync("select count(distinct content_sha256) from ops.imports"));
    }

    [Fact]
    public async Task A_worker_that_died_after_taking_a_file_leaves_it_to_the_next_one_and_one_that_died_after_asking_asks_no_second_time()
    {
        var intake = Directory.CreateDirectory(Path.Combine(Drop, "intake")).FullName;
        await File.WriteAllTextAsync(Path.Combine(intake, "20260101T000000000000~customers~left.csv"), Header);
        await using (await StartAsync())
        {
            await Eventually.EqualAsync("customers/left.csv/drop_folder/queued", ImportsAsync);
        }

        await using var again = await StartAsync();
        await Task.Delay(400);
        Assert.Equal(1L, await ScalarAsync("select count(*) from ops.imports"));
    }

    [Fact]
    public async Task A_file_ends_in_done_when_its_import_is_done()
    {
        await using var worker = await StartAsync();
        await WriteAsync("customers/good.csv", Header);
        await Eventually.EqualAsync("customers/good.csv/drop_folder/queued", ImportsAsync);
        Assert.Single(FilesIn("intake"));

        await ScalarAsync("update ops.imports set status = 'completed'; update ops.runs set status = 'succeeded', finished_at = now()");
        await Eventually.EqualAsync(1, () => Task.FromResult(FilesIn("done").Count));
        Assert.EndsWith("-good.csv", FilesIn("done")[0], StringComparison.Ordinal);
        Assert.Empty(FilesIn("intake"));
    }

    [Theory]
    [InlineData(
        "update ops.imports set status = 'rejected', file_rejected = 'file.header', file_rejected_detail = 'payment_id is missing'; update ops.runs set status = 'succeeded', finished_at = now()",
        "The file was refused: file.header: payment_id is missing")]
    [InlineData("update ops.runs set status = 'failed', finished_at = now(), error = 'no space left'", "The import failed: no space left")]
    public async Task A_file_that_was_refused_ends_in_failed_with_its_reason(string fate, string reason)
    {
        await using var worker = await StartAsync();
        await WriteAsync("payments/bad.csv", Header);
        await Eventually.EqualAsync("payments/bad.csv/drop_folder/queued", ImportsAsync);

        await ScalarAsync(fate);
        await Eventually.EqualAsync(2, () => Task.FromResult(FilesIn("failed").Count));
        Assert.Equal(reason, (await File.ReadAllTextAsync(Path.Combine(Drop, "failed", FilesIn("failed")[1]))).Trim());
    }

    [Fact]
    public async Task A_file_larger_than_the_limit_goes_to_failed()
    {
        await using var worker = await StartAsync(new() { ["Import:MaxFileBytes"] = "10" });
        await WriteAsync("customers/large.csv", Header);
        await Eventually.EqualAsync(2, () => Task.FromResult(FilesIn("failed").Count));
        Assert.Equal("", await ImportsAsync());
    }

    private Task<WorkerHost> StartAsync(Dictionary<string, string?>? settings = null) =>
        WorkerHost.StartAsync(database, WorkerHost.Dropping, settings, _folder);

    private async Task WriteAsync(string name, string content)
    {
        var path = Path.Combine(Drop, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, content);
    }

    private List<string> FilesIn(string folder)
    {
        var path = new DirectoryInfo(Path.Combine(Drop, folder));
        return path.Exists ? [.. path.EnumerateFiles().Select(file => file.Name).Order(StringComparer.Ordinal)] : [];
    }

    private async Task<string> ImportsAsync() => (string)(await ScalarAsync(
        """
        select coalesce(string_agg(concat_ws('/', import.profile, import.file_name, run.requested_by, run.status), ' ' order by import.import_id), '')
        from ops.imports as import inner join ops.runs as run using (run_id)
        """))!;

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
