using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Payments.Bench;

/// <summary>What a load showed.</summary>
/// <param name="Sent">Requests.</param>
/// <param name="Stored">Of them answered 201.</param>
/// <param name="Seconds">From the first to the last answer.</param>
/// <param name="Milliseconds">Of each answer, sorted.</param>
internal sealed record LoadResult(int Sent, int Stored, double Seconds, double[] Milliseconds)
{
    public double Median => At(0.50);

    public double NinetyNinth => At(0.99);

    public double Worst => Milliseconds[^1];

    private double At(double share) => Milliseconds[(int)Math.Min(Milliseconds.Length - 1, Math.Ceiling(Milliseconds.Length * share) - 1)];
}

/// <summary>Sends payments, one a request.</summary>
internal sealed partial class LoadGenerator(Uri address, LivePayments payments) : IDisposable
{
    // Nothing but the request itself: who measures shares the processors with what is measured.
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = 512,
        PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
    });

    /// <summary>
    /// So many requests a second whatever becomes of those before (open loop). A latency counts from the instant at which its request was due, not from the one
    /// at which it left: what waits behind a slow answer is as late as it is (no coordinated omission).
    /// </summary>
    public async Task<LoadResult> AtRateAsync(int rate, TimeSpan duration, CancellationToken cancellationToken)
    {
        var count = (int)(rate * duration.TotalSeconds);
        var bodies = Enumerable.Range(0, count).Select(_ => payments.Next()).ToArray();
        var calls = new Task<(bool, double)>[count];
        var begun = Stopwatch.GetTimestamp();
        await Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < count && !cancellationToken.IsCancellationRequested; i++)
                {
                    var due = begun + (long)((double)i / rate * Stopwatch.Frequency);
                    SleepUntil(due);
                    // From this thread, which is awake: another would have to be woken first, and its way to a processor be measured with the request.
                    calls[i] = SendAsync(bodies[i], due, cancellationToken);
                }
            },
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        return Result(await Task.WhenAll(calls), begun);
    }

    /// <summary>So many connections, each of which asks again when it is answered (closed loop).</summary>
    public async Task<LoadResult> OverAsync(int connections, TimeSpan duration, CancellationToken cancellationToken)
    {
        var answers = new ConcurrentBag<(bool, double)>();
        var begun = Stopwatch.GetTimestamp();
        var turn = new Lock();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(
            async () =>
            {
                while (Stopwatch.GetElapsedTime(begun) < duration)
                {
                    string body;
                    lock (turn) body = payments.Next();
                    answers.Add(await SendAsync(body, Stopwatch.GetTimestamp(), cancellationToken));
                }
            },
            cancellationToken)));
        return Result([.. answers], begun);
    }

    /// <summary>One batch; the seconds until its answer has been read, and how many were stored.</summary>
    public async Task<(double Seconds, int Stored)> BatchAsync(int count, CancellationToken cancellationToken)
    {
        var body = payments.Next(count);
        var from = Stopwatch.GetTimestamp();
        using var request = Post("/api/payments/batch", body);
        using var response = await _client.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        response.EnsureSuccessStatusCode();
        return (seconds, System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("stored").GetInt32());
    }

    public void Dispose() => _client.Dispose();

    private static LoadResult Result((bool IsStored, double Milliseconds)[] answers, long begun) => new(
        answers.Length, answers.Count(answer => answer.IsStored), Stopwatch.GetElapsedTime(begun).TotalSeconds, [.. answers.Select(answer => answer.Milliseconds).Order()]);

    private HttpRequestMessage Post(string path, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        return new(HttpMethod.Post, new Uri(address, path)) { Content = content };
    }

    private async Task<(bool, double)> SendAsync(string body, long from, CancellationToken cancellationToken)
    {
        using var request = Post("/api/payments", Encoding.UTF8.GetBytes(body));
        using var response = await _client.SendAsync(request, cancellationToken);
        await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return (response.StatusCode == HttpStatusCode.Created, Stopwatch.GetElapsedTime(from).TotalMilliseconds);
    }

    // A thread's sleep counts whole milliseconds, and looking at the clock all the time would take the processor from what is measured.
    private static void SleepUntil(long due)
    {
        while (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is { Ticks: > 0 } left)
        {
            if (OperatingSystem.IsWindows()) Thread.Yield();
            else _ = Sleep((uint)Math.Max(1, left.TotalMicroseconds));
        }
    }

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int Sleep(uint microseconds);
}
