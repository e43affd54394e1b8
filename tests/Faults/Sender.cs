using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace Payments.Faults;

/// <summary>Those who send files: they write into the drop folder, or post and try again until they are told that the file was accepted.</summary>
internal sealed class Sender(Platform platform, int seed, CancellationToken cancellationToken) : IDisposable
{
    private const string Grow = """
        until touch "$0"; do sleep 0.2; done
        exec 3>>"$0"
        while LC_ALL=C fallocate --keep-size --length "$1" "$0" 2>&1 | grep -q 'No space'; do sleep 0.2; done
        cat >&3
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongPause = TimeSpan.FromMilliseconds(1200);
    private readonly HttpClient _client = new() { BaseAddress = platform.Api, Timeout = TimeSpan.FromSeconds(30) };

    public Task SendAsync(Delivery delivery) => delivery.Way switch
    {
        Way.Drop => DropAsync(delivery),
        Way.Growing => GrowAsync(delivery),
        _ => UploadAsync(delivery),
    };

    public void Dispose() => _client.Dispose();

    private async Task DropAsync(Delivery delivery)
    {
        // A sender of whole files: a full disk makes it begin again, under a name that says "not yet".
        var path = PathOf(delivery);
        await PersistAsync(async () =>
        {
            await File.WriteAllBytesAsync(path + ".part", delivery.Content, cancellationToken);
            File.Move(path + ".part", path);
        });
    }

    // Another program than .NET, which would lock what it writes. It holds the file open through pauses that are longer than Drop:StableFor,
    // and asks for its room beforehand, as one must who cannot begin again: on a full disk it waits, with the file open.
    private async Task GrowAsync(Delivery delivery)
    {
        var path = PathOf(delivery);
        using var writer = Process.Start(new ProcessStartInfo("sh", ["-c", Grow, path, $"{delivery.Content.Length}"]) { RedirectStandardInput = true })!;
        var random = new Random(seed);
        for (var sent = 0; sent < delivery.Content.Length;)
        {
            var size = Math.Min(delivery.Content.Length - sent, random.Next(1, 2 + (delivery.Content.Length / 4)));
            await writer.StandardInput.BaseStream.WriteAsync(delivery.Content.AsMemory(sent, size), cancellationToken);
            await writer.StandardInput.BaseStream.FlushAsync(cancellationToken);
            sent += size;
            await Task.Delay(random.Next(3) == 0 ? LongPause : Pause, cancellationToken);
        }

        writer.StandardInput.Close();
        await writer.WaitForExitAsync(cancellationToken);
    }

    private async Task UploadAsync(Delivery delivery)
    {
        var key = $"{seed}-{delivery.Name}";
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/imports?profile={delivery.Profile}&mode={(delivery.IsUpdate ? "update" : "insert")}");
                request.Headers.Add("Idempotency-Key", key);
                request.Headers.ExpectContinue = false;
                using var form = new MultipartFormDataContent();
                using var file = new StreamContent(new TricklingStream(delivery.Content, cancellationToken));
                file.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
                form.Add(file, "file", delivery.Name);
                request.Content = form;
                using var response = await _client.SendAsync(request, cancellationToken);
                if (response.StatusCode == HttpStatusCode.Accepted) return;
                if ((int)response.StatusCode < 500)
                {
                    throw new InvalidOperationException($"{delivery.Name}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
                }
            }
            catch (Exception error) when (error is HttpRequestException or IOException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // The API died under us: a client does not know what became of its file, and sends it again.
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private string PathOf(Delivery delivery) => Path.Combine(Directory.CreateDirectory(Path.Combine(platform.Drop, delivery.Profile)).FullName, delivery.Name);

    private async Task PersistAsync(Func<Task> work)
    {
        while (true)
        {
            try
            {
                await work();
                return;
            }
            catch (IOException)
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    /// <summary>A body that takes a second or so, so that the API can be killed in the middle of it.</summary>
    private sealed class TricklingStream(byte[] content, CancellationToken cancellationToken) : MemoryStream(content)
    {
        private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(30);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken token = default)
        {
            await Task.Delay(Moment, cancellationToken);
            return await base.ReadAsync(buffer.Length > 4096 ? buffer[..4096] : buffer, token);
        }
    }
}
