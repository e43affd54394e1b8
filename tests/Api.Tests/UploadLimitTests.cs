using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Payments.Api.Tests;

/// <summary>Uploads that never end, trickle, break off or come in crowds, over raw sockets.</summary>
public sealed class UploadLimitTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Path = "/api/imports?profile=customers";

    [Fact]
    public async Task An_endless_upload_is_a_413_at_the_limit()
    {
        using var api = Api(("Import:MaxFileBytes", "100000"));
        using var socket = await BeginAsync(api, "Transfer-Encoding: chunked");
        for (var i = 0; i < 11; i++) await SendAsync(socket, "2710\r\n" + new string('x', 10_000) + "\r\n");
        Assert.Equal("413 The file is larger than 100000 bytes, the limit that Import:MaxFileBytes sets.", await AnswerAsync(socket));
        Assert.Empty(Spooled(api));
    }

    [Fact]
    public async Task A_length_over_the_limit_is_a_413_before_a_byte_is_sent()
    {
        using var api = Api(("Import:MaxFileBytes", "100000"));
        using var socket = await BeginAsync(api, "Content-Length: 100001");
        Assert.Equal("413 The file is larger than 100000 bytes, the limit that Import:MaxFileBytes sets.", await AnswerAsync(socket));
    }

    [Fact]
    public async Task A_trickling_upload_is_a_408()
    {
        using var api = Api(("Import:MinBytesPerSecond", "1000"), ("Import:GraceSeconds", "2"));
        using var socket = await BeginAsync(api, "Content-Length: 100000");
        var answer = AnswerAsync(socket);
        while (!answer.IsCompleted)
        {
            if (!await TrySendAsync(socket, "x")) break;
            await Task.Delay(100);
        }

        Assert.Equal("408 The upload came slower than 1000 bytes a second (Import:MinBytesPerSecond); nothing of it was kept.", await answer);
        Assert.Empty(Spooled(api));
    }

    [Fact]
    public async Task An_upload_that_takes_too_long_is_a_408_however_fast_it_comes()
    {
        using var api = Api(("Import:MaxUploadSeconds", "1"));
        using var socket = await BeginAsync(api, "Transfer-Encoding: chunked");
        var answer = AnswerAsync(socket);
        while (!answer.IsCompleted)
        {
            if (!await TrySendAsync(socket, "2710\r\n" + new string('x', 10_000) + "\r\n")) break;
            await Task.Delay(50);
        }

        Assert.Equal("408 The upload took longer than 1 s (Import:MaxUploadSeconds); nothing of it was kept.", await answer);
        Assert.Empty(Spooled(api));
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing_and_the_next_one_is_taken()
    {
        using var api = Api();
        using (var socket = await BeginAsync(api, "Content-Length: 1000000"))
        {
            await SendAsync(socket, new string('x', 200_000));
            await EventuallyAsync(() => Spooled(api).Length == 1);
        }

        await EventuallyAsync(() => Spooled(api).Length == 0);
        using var next = await api.Client.PostAsync(Path, new StringContent("customer_id\nUL1\n", Encoding.UTF8, "text/csv"));
        Assert.Equal(HttpStatusCode.Accepted, next.StatusCode);
    }

    [Fact]
    public async Task More_uploads_at_a_time_than_a_caller_may_make_are_a_429_until_one_is_through()
    {
        using var api = Api(("Api:UploadsPerCaller", "2"));
        using var first = await BeginAsync(api, "Content-Length: 14");
        using var second = await BeginAsync(api, "Content-Length: 1000");
        await EventuallyAsync(() => Spooled(api).Length == 2);
        using (var third = await api.Client.PostAsync(Path, new StringContent("customer_id\n", Encoding.UTF8, "text/csv")))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
            Assert.Equal(5, third.Headers.RetryAfter?.Delta?.TotalSeconds);
            Assert.StartsWith("2 files of yours are being received", (await third.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        await SendAsync(first, "customer_id\nU\n");
        await ReadAsync(first, until: "run_id");
        using var again = await api.Client.PostAsync(Path, new StringContent("customer_id\n", Encoding.UTF8, "text/csv"));
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
    }

    [Fact]
    public async Task Half_written_files_of_a_killed_process_go_at_the_next_start_and_those_under_way_stay()
    {
        var storage = Directory.CreateTempSubdirectory("payments-api-tests-").FullName;
        var spool = Directory.CreateDirectory(System.IO.Path.Combine(storage, "spool")).FullName;
        foreach (var (name, age) in new[] { (".old.part", 61), (".young.part", 0), ("received", 1000) })
        {
            var path = System.IO.Path.Combine(spool, name);
            await File.WriteAllTextAsync(path, "x");
            File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-age));
        }

        using var api = Api(("Storage:Path", storage));
        await EventuallyAsync(() => Directory.GetFiles(spool).Length == 2);
        Assert.Equal([".young.part", "received"], Directory.GetFiles(spool).Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal));
        Directory.Delete(storage, recursive: true);
    }

    private ApiHost Api(params (string Key, string Value)[] settings) => new(fixture.ConnectionString, "Development", settings);

    private static string[] Spooled(ApiHost api)
    {
        var spool = System.IO.Path.Combine(api.Storage, "spool");
        return Directory.Exists(spool) ? Directory.GetFiles(spool) : [];
    }

    private static async Task<Socket> BeginAsync(ApiHost api, string header)
    {
        var address = api.Client.BaseAddress!;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port);
        await SendAsync(socket, $"POST {Path} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: text/csv\r\n{header}\r\n\r\n");
        return socket;
    }

    private static async Task SendAsync(Socket socket, string text) => await socket.SendAsync(Encoding.ASCII.GetBytes(text));

    private static async Task<bool> TrySendAsync(Socket socket, string text)
    {
        try
        {
            await SendAsync(socket, text);
            return true;
        }
        catch (SocketException)
        {
            // The server has answered and closed.
            return false;
        }
    }

    /// <summary>Status and detail of the problem that is answered.</summary>
    private static async Task<string> AnswerAsync(Socket socket)
    {
        var answer = await ReadAsync(socket, until: "trace_id\":\"");
        var detail = answer[answer.IndexOf("\"detail\":\"", StringComparison.Ordinal)..].Split('"')[3];
        return $"{answer.Split(' ')[1]} {detail}";
    }

    private static async Task<string> ReadAsync(Socket socket, string until)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!text.ToString().Contains(until, StringComparison.Ordinal))
        {
            var read = await socket.ReceiveAsync(buffer, patience.Token);
            if (read == 0) break;
            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return text.ToString();
    }

    private static async Task EventuallyAsync(Func<bool> fact)
    {
        for (var i = 0; i < 3000 && !fact(); i++) await Task.Delay(20);
        Assert.True(fact());
    }
}
