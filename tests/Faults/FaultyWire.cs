using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Payments.Faults;

/// <summary>Where a connection is cut around the next commit that passes.</summary>
internal enum CommitCut
{
    /// <summary>The server never hears of it and rolls back.</summary>
    Before,

    /// <summary>The server has committed, and the client never hears of it.</summary>
    Behind,
}

/// <summary>
/// A relay between the platform and its database. It can cut every connection at once, or one exactly around a commit: the one
/// moment after which a client cannot know what became of its work.
/// </summary>
internal sealed class FaultyWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<Relay, Task> _relays = new();
    private readonly int _serverPort;
    private readonly Task _accepting;
    private Trap? _trap;

    public FaultyWire(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port to connect to.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Commits that have passed or were cut.</summary>
    public int Commits { get; private set; }

    /// <summary>Cuts every connection, in the middle of whatever it carries.</summary>
    public void CutAll()
    {
        foreach (var relay in _relays.Keys) relay.Cut();
    }

    /// <summary>Cuts the connection of the commit that is <paramref name="skip"/> commits away.</summary>
    /// <returns>Ends when it has happened.</returns>
    public Task CutAtCommit(CommitCut where, int skip = 0)
    {
        var trap = new Trap(where, skip);
        Volatile.Write(ref _trap, trap);
        return trap.Sprung.Task;
    }

    /// <summary>Lets commits pass.</summary>
    public void Disarm() => Volatile.Write(ref _trap, null);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        CutAll();
        await _accepting;
        await Task.WhenAll(_relays.Values);
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                var relay = new Relay(this, await _listener.AcceptSocketAsync(_ending.Token));
                _relays[relay] = relay.RunAsync().ContinueWith(_ => _relays.TryRemove(relay, out var _), TaskScheduler.Default);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // It ends, or a client has gone again before it was accepted.
            }
        }
    }

    private CommitCut? OnCommit(Relay relay)
    {
        Commits++;
        if (Volatile.Read(ref _trap) is not { } trap || trap.Skip-- > 0) return null;
        Disarm();
        relay.Cutting = trap;
        return trap.Where;
    }

    private sealed class Trap(CommitCut where, int skip)
    {
        public CommitCut Where => where;

        public int Skip { get; set; } = skip;

        public TaskCompletionSource Sprung { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Relay(FaultyWire wire, Socket client)
    {
        private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        public Trap? Cutting { get; set; }

        public async Task RunAsync()
        {
            try
            {
                client.NoDelay = true;
                await _server.ConnectAsync(IPAddress.Loopback, wire._serverPort);
                await Task.WhenAny(ForwardAsync(), BackwardAsync());
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // The server is away, or one side has gone: the other learns it from the cut.
            }
            finally
            {
                Cut();
                Cutting?.Sprung.TrySetResult();
            }
        }

        /// <summary>Resets both sides.</summary>
        public void Cut()
        {
            foreach (var side in new[] { client, _server })
            {
                try
                {
                    side.LingerState = new(true, 0);
                }
                catch (Exception error) when (error is SocketException or ObjectDisposedException)
                {
                    // Gone already.
                }

                side.Dispose();
            }
        }

        private async Task ForwardAsync()
        {
            var buffer = new byte[64 * 1024];
            while (await client.ReceiveAsync(buffer) is var count and > 0)
            {
                var bytes = buffer.AsMemory(0, count);
                if (bytes.Span.IndexOf("COMMIT\0"u8) >= 0 && wire.OnCommit(this) is CommitCut.Before) return;
                await SendAsync(_server, bytes);
            }
        }

        private async Task BackwardAsync()
        {
            var buffer = new byte[64 * 1024];
            while (await _server.ReceiveAsync(buffer) is var count and > 0)
            {
                if (Cutting is not null) return;
                await SendAsync(client, buffer.AsMemory(0, count));
            }
        }

        private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
        {
            while (bytes.Length > 0) bytes = bytes[await to.SendAsync(bytes)..];
        }
    }
}
