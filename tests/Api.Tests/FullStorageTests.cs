using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Payments.Api.Tests;

/// <summary>An API whose storage is a disk of 256 KiB: a file system of its own, in a mount namespace of its own.</summary>
public sealed class FullStorageTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [SkippableFact]
    public async Task A_file_that_does_not_fit_is_a_507_leaves_nothing_and_the_next_one_is_taken()
    {
        Skip.IfNot(await CanMountAsync(), "this machine lets nobody mount a file system of his own (unshare -rm)");
        var storage = Directory.CreateTempSubdirectory("payments-full-").FullName;
        using var api = StartWith(storage);
        try
        {
            using var client = new HttpClient { BaseAddress = new(await AddressAsync(api)) };
            for (var i = 0; i < 3; i++)
            {
                using var large = await client.PostAsync("/api/imports?profile=customers", new StringContent(new string('x', 1_000_000), Encoding.UTF8, "text/csv"));
                Assert.Equal(HttpStatusCode.InsufficientStorage, large.StatusCode);
                Assert.Equal(
                    "The storage has no room for the file; nothing of it was kept. Send it again when there is room.",
                    (await large.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
            }

            using var fitting = await client.PostAsync("/api/imports?profile=customers", new StringContent("customer_id\n" + new string('F', 200_000), Encoding.UTF8, "text/csv"));
            Assert.Equal(HttpStatusCode.Accepted, fitting.StatusCode);
        }
        finally
        {
            api.Kill(entireProcessTree: true);
            await api.WaitForExitAsync();
            Directory.Delete(storage);
        }
    }

    private static async Task<bool> CanMountAsync()
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            using var trial = Process.Start(new ProcessStartInfo("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]) { RedirectStandardError = true })!;
            await trial.WaitForExitAsync();
            return trial.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no such command.
            return false;
        }
    }

    private Process StartWith(string storage)
    {
        var start = new ProcessStartInfo(
            "unshare",
            ["-rm", "sh", "-c", "mount -t tmpfs -o size=256k tmpfs \"$0\" && exec dotnet \"$1\"", storage, typeof(Program).Assembly.Location])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["ConnectionStrings__payments"] = fixture.ConnectionString;
        start.Environment["Storage__Path"] = storage;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        return Process.Start(start)!;
    }

    private static async Task<string> AddressAsync(Process api)
    {
        const string announced = "Now listening on: ";
        while (await api.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.IndexOf(announced, StringComparison.Ordinal) is var at and >= 0)
            {
                // The rest is read away, so that the pipe never fills.
                _ = api.StandardOutput.ReadToEndAsync();
                return line[(at + announced.Length)..].Trim();
            }
        }

        throw new InvalidOperationException("The API did not start.");
    }
}
