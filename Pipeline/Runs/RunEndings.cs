using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Npgsql;

namespace Payments.Pipeline.Runs;

/// <summary>Tells callers that their run has ended. One connection listens for all of them, as long as there are any.</summary>
/// <param name="dataSource">Connections of the asking service.</param>
internal sealed class RunEndings(NpgsqlDataSource dataSource)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, List<Follower>> _followers = [];
    private Listener? _listener;

    /// <summary>Follows a run until the follower is disposed.</summary>
    public Follower Follow(long runId)
    {
        lock (_lock)
        {
            if (_listener is null)
            {
                _listener = new();
                _ = ListenAsync(_listener);
            }

            var follower = new Follower(this, runId, _listener.IsListening.Task);
            if (!_followers.TryGetValue(runId, out var ofRun)) _followers[runId] = ofRun = [];
            ofRun.Add(follower);
            return follower;
        }
    }

    private void Leave(Follower follower)
    {
        lock (_lock)
        {
            if (!_followers.TryGetValue(follower.RunId, out var ofRun) || !ofRun.Remove(follower)) return;
            if (ofRun.Count == 0) _followers.Remove(follower.RunId);
            if (_followers.Count > 0) return;
            _listener!.Stop.Cancel();
            _listener = null;
        }
    }

    private void Wake(string runId)
    {
        lock (_lock)
        {
            if (long.TryParse(runId, CultureInfo.InvariantCulture, out var id) && _followers.TryGetValue(id, out var ofRun))
                foreach (var follower in ofRun)
                    follower.Wake();
        }
    }

    private async Task ListenAsync(Listener listener)
    {
        // The request that came first is not what this works for.
        Activity.Current = null;
        var stopping = listener.Stop.Token;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var connection = await dataSource.OpenConnectionAsync(stopping);
                connection.Notification += (_, ended) => Wake(ended.Payload);
                await using (var listen = new NpgsqlCommand("listen payments_runs_ended", connection)) await listen.ExecuteNonQueryAsync(stopping);
                listener.IsListening.TrySetResult();
                while (true) await connection.WaitAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // The last follower has left: that is how it ends.
            }
            catch (Exception error) when (error is NpgsqlException or SocketException or TimeoutException or IOException)
            {
                // Followers look for themselves meanwhile, and meet the same fault there: it is theirs to report.
                listener.IsListening.TrySetResult();
                await Task.Delay(Pause, stopping).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    /// <summary>One caller who waits for one run.</summary>
    internal sealed class Follower(RunEndings endings, long runId, Task isListening) : IDisposable
    {
        private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long RunId => runId;

        /// <summary>Completes when no end can be missed any more, or when that cannot be had now.</summary>
        public Task IsListening => isListening;

        /// <summary>Completes when the run ends the next time: one that has failed can be asked for again.</summary>
        public Task NextEnd => Volatile.Read(ref _next).Task;

        public void Wake() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

        public void Dispose() => endings.Leave(this);
    }

    private sealed class Listener
    {
        public CancellationTokenSource Stop { get; } = new();

        public TaskCompletionSource IsListening { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
