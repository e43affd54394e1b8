using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.Options;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Tests.Import;

public sealed class SpoolTests
{
    private static readonly byte[] File = Encoding.UTF8.GetBytes(ImportLab.PaymentsHeader + "P1,CUST00001,MERCH0001,1,USD,PAYPAL,SUCCESS,2025-03-01\n");

    [Fact]
    public async Task Files_are_named_by_their_content_and_the_same_content_is_kept_once()
    {
        await using var lab = await ImportLab.OpenAsync();
        var first = await lab.AcceptAsync("payments", File);
        var second = await lab.AcceptAsync("payments", File, "other.csv");

        Assert.NotEqual(first.ImportId, second.ImportId);
        var spooled = Assert.Single(Directory.GetFiles(lab.SpoolPath));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File)), Path.GetFileName(spooled));
        Assert.Equal(File, await System.IO.File.ReadAllBytesAsync(spooled));
    }

    [Fact]
    public async Task A_broken_upload_leaves_nothing()
    {
        await using var lab = await ImportLab.OpenAsync();
        await Assert.ThrowsAsync<IOException>(() => lab.Intake.AcceptAsync(
            new BreakingStream(), new("payments", ImportMode.Insert, "x.csv", RunRequester.Api), default));

        Assert.Empty(Directory.GetFileSystemEntries(lab.SpoolPath));
        Assert.Equal([0L], await lab.QueryAsync<long>("select count(*) from ops.imports"));
    }

    [Fact]
    public async Task A_file_over_the_limit_leaves_nothing()
    {
        await using var lab = await ImportLab.OpenAsync(("Import:MaxFileBytes", "100"));
        var fault = await Assert.ThrowsAsync<FileTooLargeException>(() => lab.AcceptAsync("payments", new byte[101]));

        Assert.Equal(100, fault.Limit);
        Assert.Empty(Directory.GetFileSystemEntries(lab.SpoolPath));
    }

    [Fact]
    public async Task The_same_request_is_the_same_import()
    {
        await using var lab = await ImportLab.OpenAsync();
        ImportRequest request = new("payments", ImportMode.Insert, "x.csv", RunRequester.DropFolder, RequestKey: "drop:x.csv");
        var first = await lab.Intake.AcceptAsync(new MemoryStream(File), request, default);
        Assert.Equal(first, await lab.Intake.AcceptAsync(new MemoryStream(File), request, default));
        Assert.Equal([(1L, 1L)], await lab.QueryAsync<(long, long)>("select (select count(*) from ops.imports), (select count(*) from ops.runs)"));
    }

    [Fact]
    public async Task A_profile_that_is_not_there_is_refused_before_anything_is_kept()
    {
        await using var lab = await ImportLab.OpenAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => lab.AcceptAsync("nonsense", File));
        Assert.False(Directory.Exists(lab.SpoolPath));
    }

    [Fact]
    public async Task Declared_gzip_is_unpacked_by_name_or_by_encoding()
    {
        await using var lab = await ImportLab.OpenAsync();
        await lab.AddReferencesAsync();
        Assert.Equal((1, 1, 0, 0), (await lab.ImportAsync("payments", Gzip(File), "x.csv.GZ")).Counts);

        var ticket = await lab.Intake.AcceptAsync(
            new MemoryStream(Gzip(File)), new("payments", ImportMode.Insert, null, RunRequester.Api, Compression: Compression.Gzip), default);
        await lab.RunAsync(ticket, default);
        Assert.Equal((1, 0, 1, 0), (await lab.ReportAsync(ticket.ImportId)).Counts);
    }

    [Fact]
    public async Task Gzip_that_is_broken_anywhere_writes_nothing()
    {
        await using var lab = await ImportLab.OpenAsync(("Import:BatchRecords", "100"));
        await lab.AddReferencesAsync();
        byte[] many = [.. File, .. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(2, 1_000).Select(n => $"P{n},CUST00001,MERCH0001,1,USD,PAYPAL,SUCCESS,2025-03-01\n")))];
        var whole = Gzip(many);
        var flipped = whole.ToArray();
        flipped[^6] ^= 0xFF;
        foreach (var broken in new[] { File, whole[..^1], whole[..^9], whole[..(whole.Length / 2)], whole[..5], [], flipped, [.. whole, 0], [.. whole, .. whole[..^1]], [.. whole, .. whole[..7]], [.. whole, .. flipped] })
        {
            var report = await lab.ImportAsync("payments", broken, "x.csv.gz");
            Assert.Equal(broken.Length == 0 ? "file.empty" : "file.compression", report.FileRejected);
        }

        Assert.Equal([0L], await lab.QueryAsync<long>("select count(*) from public.payments"));
    }

    [Fact]
    public async Task Several_gzip_members_and_the_one_file_of_an_archive_are_one_content()
    {
        await using var lab = await ImportLab.OpenAsync();
        await lab.AddReferencesAsync();
        var header = File.AsSpan(0, File.AsSpan().IndexOf((byte)'\n') + 1).ToArray();
        byte[] members = [.. Gzip(header), .. Gzip("P8,CUST00001,MERCH0001,1,USD,PAYPAL,SUCCESS,2025-03-01\n"u8.ToArray()), .. Gzip("P9,CUST00001,MERCH0001,1,USD,PAYPAL,SUCCESS,2025-03-01\n"u8.ToArray())];
        Assert.Equal((2, 2, 0, 0), (await lab.ImportAsync("payments", members, "x.csv.gz")).Counts);
        Assert.Equal((2, 0, 2, 0), (await lab.ImportAsync(null, [.. members, .. Gzip([])], "x.csv.gz")).Counts);

        // Its name is no path, whatever it says.
        var zip = Zip(("a/", []), ("../../etc/passwd", [.. header, .. "P10,CUST00001,MERCH0001,1,USD,PAYPAL,SUCCESS,2025-03-01\n"u8]));
        var report = await lab.ImportAsync(null, zip, "x.ZIP");
        Assert.Equal((null, (1, 1, 0, 0)), (report.Detail, report.Counts));
    }

    [Fact]
    public async Task An_archive_that_is_not_one_sound_file_writes_nothing()
    {
        await using var lab = await ImportLab.OpenAsync();
        await lab.AddReferencesAsync();
        var zip = Zip(("a.csv", File));
        var flipped = zip.ToArray();
        flipped[zip.AsSpan().IndexOf("a.csv"u8) + 9] ^= 0x55;
        var encrypted = zip.ToArray();
        encrypted[6] |= 1;
        encrypted[zip.AsSpan().LastIndexOf("PK\u0001\u0002"u8) + 8] |= 1;
        foreach (var (broken, detail) in new[]
        {
            (File, ""), (zip[..^30], ""), (zip[..(zip.Length / 2)], ""), (flipped, ""), (encrypted, "The zip archive is encrypted."),
            (Zip(), "The zip archive is empty."), (Zip(("a", File), ("b", File)), "The zip archive has 2 files; send one file in it."), (Gzip(File), ""),
        })
        {
            var report = await lab.ImportAsync("payments", broken, "x.zip");
            Assert.Equal(("file.compression", (0L, 0L, 0L, 0L)), (report.FileRejected, report.Counts));
            Assert.Contains(detail, report.Detail, StringComparison.Ordinal);
        }

        Assert.Equal("file.empty", (await lab.ImportAsync("payments", [], "x.zip")).FileRejected);
        Assert.Equal("file.too_large", (await lab.ImportAsync("payments", Zip(("a", new byte[40 * 1024 * 1024])), "x.zip")).FileRejected);
        Assert.Equal("file.encoding", (await lab.ImportAsync("payments", zip, "x.csv")).FileRejected);
        Assert.Equal([0L], await lab.QueryAsync<long>("select count(*) from public.payments"));
    }

    [Fact]
    public async Task A_bomb_is_refused_by_its_expansion_and_by_its_size()
    {
        var bomb = Gzip([.. File, .. new byte[40 * 1024 * 1024]]);
        await using var lab = await ImportLab.OpenAsync();
        Assert.Equal("file.too_large", (await lab.ImportAsync("payments", bomb, "x.gz")).FileRejected);
        await using var small = await ImportLab.OpenAsync(("Import:MaxExpandedBytes", "1000000"), ("Import:MaxExpansion", "1000"));
        Assert.Equal("file.too_large", (await small.ImportAsync("payments", bomb, "x.gz")).FileRejected);
    }

    [Fact]
    public void What_a_killed_process_left_is_removed_and_what_is_being_written_is_not()
    {
        var folder = Directory.CreateTempSubdirectory("payments-spool-");
        try
        {
            var spool = new Spool(Options.Create(new StorageOptions { Path = folder.FullName }), Options.Create(new ImportOptions()));
            var now = DateTimeOffset.UnixEpoch.AddYears(60);
            string Add(string name, TimeSpan age)
            {
                var path = Path.Combine(folder.CreateSubdirectory("spool").FullName, name);
                System.IO.File.WriteAllText(path, "half");
                System.IO.File.SetLastWriteTimeUtc(path, (now - age).UtcDateTime);
                return path;
            }

            var (left, written, young, whole) = (Add(".a.part", TimeSpan.FromMinutes(2)), Add(".b.part", TimeSpan.FromMinutes(2)), Add(".c.part", TimeSpan.Zero), Add("d", TimeSpan.FromDays(9)));
            using (new FileStream(written, FileMode.Open, FileAccess.Write, FileShare.None))
            {
                Assert.Equal(1, spool.RemoveAbandoned(now - TimeSpan.FromMinutes(1)));
                Assert.Equal((false, true, true, true), (System.IO.File.Exists(left), System.IO.File.Exists(written), System.IO.File.Exists(young), System.IO.File.Exists(whole)));
            }

            Assert.Equal(1, spool.RemoveAbandoned(now - TimeSpan.FromMinutes(1)));
            Assert.False(System.IO.File.Exists(written));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(content);
        return packed.ToArray();
    }

    private static byte[] Zip(params (string Name, byte[] Content)[] files)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return packed.ToArray();
    }

    private sealed class BreakingStream : MemoryStream
    {
        private int _reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ++_reads > 3 ? throw new IOException("the upload broke") : new(buffer.Length);
    }
}
