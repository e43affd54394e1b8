using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Payments.Pipeline.Score;

namespace Payments.Pipeline.Accept;

/// <summary>
/// Takes payments from requests and answers when they are durable. Requests that come while others are being stored share the
/// next transaction: the busier, the cheaper each is.
/// </summary>
public sealed class PaymentAcceptance : IHostedService, IDisposable
{
    private const short FirstLane = 9;
    private const short LargeLane = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly Channel<LiveRequest> _waiting;
    private readonly Channel<LiveRequest> _large;
    private readonly ConcurrentDictionary<(string Caller, string Key), Task> _keys = new();
    private readonly NpgsqlDataSource _dataSource;
    private readonly AcceptConnections _connections;
    private readonly AcceptOptions _options;
    private readonly BatchScorer _scorer;
    private readonly TimeProvider _clock;
    private readonly ILogger<PaymentAcceptance> _logger;
    private readonly AcceptSource _source;
    private readonly AcceptTurns _turns = new();
    private readonly AcceptTurns _largeTurns = new();
    private readonly List<Task> _lanes = [];

    internal PaymentAcceptance(
        NpgsqlDataSource dataSource, AcceptConnections connections, IOptions<AcceptOptions> options, BatchScorer scorer, TimeProvider clock, ILogger<PaymentAcceptance> logger)
    {
        _connections = connections;
        (_dataSource, _options, _scorer, _clock, _logger) = (dataSource, options.Value, scorer, clock, logger);
        _source = new(dataSource, clock);
        // Without a reader's turn a writer would run its continuation: lanes are their own.
        var bounds = new BoundedChannelOptions(_options.WaitingRequests) { AllowSynchronousContinuations = false };
        _waiting = Channel.CreateBounded<LiveRequest>(bounds);
        _large = Channel.CreateBounded<LiveRequest>(new BoundedChannelOptions(16));
    }

    /// <summary>Stores payments, which have no complaints, in one transaction with whatever else comes, and tells what became of each, in their order.</summary>
    /// <param name="payments">The payments.</param>
    /// <param name="key">The request's name; null where it has none.</param>
    /// <param name="compose">Makes the answer to be kept under the key, once something is stored.</param>
    /// <param name="cancellationToken">Takes the request back while it waits; what is being stored is stored.</param>
    /// <exception cref="AcceptanceFullException">Too many wait already, or the process stops.</exception>
    /// <exception cref="KeyReusedException">The key was used for another request.</exception>
    /// <exception cref="KeyHeldException">Another request with the key is still under way.</exception>
    public async Task<AcceptResult> AcceptAsync(
        IReadOnlyList<LivePayment> payments, RequestKey? key, Func<IReadOnlyList<AcceptedPayment>, KeptAnswer> compose, CancellationToken cancellationToken)
    {
        if (key is null) return await EnqueueAsync(new(payments, null, null, cancellationToken));

        var from = _clock.GetTimestamp();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (true)
        {
            var other = _keys.GetOrAdd((key.Caller, key.Key), done.Task);
            var left = TimeSpan.FromSeconds(_options.KeySeconds) - _clock.GetElapsedTime(from);
            if (other != done.Task)
            {
                // Of this process: its end is waited for, then its answer is there.
                await WaitAsync(other, left, key, cancellationToken);
                continue;
            }

            try
            {
                return await EnqueueAsync(new(payments, key, compose, cancellationToken));
            }
            catch (KeyHeldException) when (left > Pause)
            {
                // Of another process.
                await Task.Delay(Pause, _clock, cancellationToken);
            }
            finally
            {
                _keys.TryRemove(KeyValuePair.Create((key.Caller, key.Key), done.Task));
                done.TrySetResult();
            }

            done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        for (short i = 0; i < _options.Lanes; i++)
        {
            _lanes.Add(LaneOf(_waiting.Reader, (short)(FirstLane + i), _options.BatchPayments, isForMany: false, _connections.Source, _turns).WorkAsync());
        }

        _lanes.Add(LaneOf(_large.Reader, LargeLane, 1, isForMany: true, _dataSource, _largeTurns).WorkAsync());
        return Task.CompletedTask;
    }

    /// <summary>Takes nothing more, and ends what it has taken.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _waiting.Writer.TryComplete();
        _large.Writer.TryComplete();
        await Task.WhenAll(_lanes).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _source.Dispose();
        _turns.Dispose();
        _largeTurns.Dispose();
    }

    private static async Task WaitAsync(Task other, TimeSpan left, RequestKey key, CancellationToken cancellationToken)
    {
        try
        {
            await other.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new KeyHeldException(key.Key);
        }
    }

    private AcceptLane LaneOf(ChannelReader<LiveRequest> requests, short number, int most, bool isForMany, NpgsqlDataSource connections, AcceptTurns turns) =>
        new(requests, number, most, isForMany, connections, _source, _options, _scorer, turns, _clock, _logger);

    private Task<AcceptResult> EnqueueAsync(LiveRequest request)
    {
        var queue = request.Payments.Count > _options.BatchPayments ? _large : _waiting;
        return queue.Writer.TryWrite(request) ? request.Done : throw new AcceptanceFullException();
    }
}
