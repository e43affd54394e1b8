using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.Pipeline.Load;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Score;

namespace Payments.Pipeline.Accept;

/// <summary>Stores waiting requests, one transaction after the other, on a connection that it keeps while there is work.</summary>
internal sealed class AcceptLane(
    ChannelReader<LiveRequest> requests,
    short number,
    int mostPayments,
    bool isForMany,
    NpgsqlDataSource dataSource,
    AcceptSource source,
    AcceptOptions options,
    BatchScorer scorer,
    AcceptTurns turns,
    TimeProvider clock,
    ILogger logger)
{
    private const string StorePayments = "store payments";
    private const int Attempts = 6;
    private const int BusyPayments = 3;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);
    private readonly TimeSpan _collect = TimeSpan.FromMilliseconds(options.CollectMilliseconds);
    private LiveStager? _stager;
    private int _lastPayments;
    private Lane? _lane;

    /// <summary>Works until no request can come any more and none is left.</summary>
    public async Task WorkAsync()
    {
        var taken = new List<LiveRequest>();
        while (true)
        {
            using var turn = await TurnAsync();
            if (!await HasMoreAsync()) break;
            await TakeAsync(taken);
            if (taken.Count > 0) await StoreAsync(taken, turn);
            taken.Clear();
        }

        await CloseAsync();
    }

    private async Task<AcceptTurns.Turn> TurnAsync()
    {
        if (await turns.TakeAsync(Idle) is { } soon) return soon;
        await CloseAsync();
        return (await turns.TakeAsync(Timeout.InfiniteTimeSpan))!;
    }

    private async Task<bool> HasMoreAsync()
    {
        var more = requests.WaitToReadAsync().AsTask();
        if (more.IsCompleted || _lane is null) return await more;
        try
        {
            return await more.WaitAsync(Idle, clock);
        }
        catch (TimeoutException)
        {
            await CloseAsync();
            return await more;
        }
    }

    private async Task TakeAsync(List<LiveRequest> taken)
    {
        // Who waits for more when nobody comes is late for nothing; where many came just now, those that were answered come again at once.
        var wasBusy = _lastPayments >= BusyPayments;
        _lastPayments = Take(taken, 0);
        if (_lastPayments == 0 || _lastPayments >= mostPayments || !wasBusy || _collect == TimeSpan.Zero) return;
        await Task.Delay(_collect, clock);
        _lastPayments = Take(taken, _lastPayments);
    }

    private int Take(List<LiveRequest> taken, int payments)
    {
        while (payments < mostPayments && requests.TryRead(out var request))
        {
            if (request.IsGivenUp) continue;
            taken.Add(request);
            payments += request.Payments.Count;
        }

        return payments;
    }

    // Whatever happens, every request hears of it.
    private async Task StoreAsync(List<LiveRequest> batch, AcceptTurns.Turn turn)
    {
        using var activity = Trace(batch);
        try
        {
            await TryAsync(batch, turn);
        }
        catch (Exception error) when (RunFaults.Of(error) == RunFault.Permanent && batch.Count > 1)
        {
            logger.LogWarning(error, "{Requests} requests failed together and are stored one by one", batch.Count);
            foreach (var request in batch) await StoreAsync([request], turn);
        }
        catch (Exception error) when (RunFaults.Of(error) == RunFault.Permanent && batch[0].Payments.Count > 1)
        {
            logger.LogWarning(error, "A request of {Payments} payments failed and is stored in parts", batch[0].Payments.Count);
            await StorePartsAsync(batch[0], turn);
        }
        catch (Exception error)
        {
            foreach (var request in batch) request.Fail(error);
        }
    }

    // One request's transaction belongs to its trace; one that several share names them all.
    private static Activity? Trace(List<LiveRequest> batch) => batch is [var only]
        ? PipelineTelemetry.Source.StartActivity(StorePayments, ActivityKind.Internal, only.Origin)
        : PipelineTelemetry.Source.StartActivity(StorePayments, ActivityKind.Internal, default(ActivityContext), links: batch.ConvertAll(request => new ActivityLink(request.Origin)));

    private async Task StorePartsAsync(LiveRequest request, AcceptTurns.Turn turn)
    {
        var accepted = new List<AcceptedPayment>();
        var half = request.Payments.Count / 2;
        foreach (var part in new[] { request.Payments.Take(half), request.Payments.Skip(half) })
        {
            var own = new LiveRequest([.. part], null, null, CancellationToken.None);
            await StoreAsync([own], turn);
            accepted.AddRange(await ResultOfAsync(own));
        }

        var answer = request.Key is null ? null : request.Compose(accepted);
        try
        {
            if (answer is not null) await new AcceptedBatch(await OpenAsync(), _stager!, source, options, scorer, clock).KeepAsync(request, answer, CancellationToken.None);
        }
        catch (NpgsqlException error)
        {
            // The payments are stored: sent again, they are duplicates.
            logger.LogWarning(error, "The answer to a request of {Payments} payments could not be kept under its key", request.Payments.Count);
        }

        request.Complete(new(accepted, answer, IsReplayed: false));
    }

    private async Task<IReadOnlyList<AcceptedPayment>> ResultOfAsync(LiveRequest part)
    {
        try
        {
            return (await part.Done).Payments;
        }
        catch (Exception error) when (part.Payments.Count == 1 || RunFaults.Of(error) != RunFault.Permanent)
        {
            logger.LogError(error, "{Payments} payments of a request could not be stored", part.Payments.Count);
            return [.. part.Payments.Select(payment => new AcceptedPayment(AcceptStatus.Failed) { PaymentId = payment.PaymentId ?? "" })];
        }
    }

    private async Task TryAsync(List<LiveRequest> batch, AcceptTurns.Turn turn)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var lane = await OpenAsync();
                await new AcceptedBatch(lane, _stager!, source, options, scorer, clock).RunAsync(batch, turn, CancellationToken.None);
                return;
            }
            catch (PostgresException error) when (attempt < Attempts && error.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // No two lanes come back at the same moment.
                await Task.Delay(TimeSpan.FromMilliseconds(attempt * number), clock);
            }
            catch
            {
                // Whatever state it is in, the next batch need not find out.
                await CloseAsync();
                throw;
            }
        }
    }

    private async Task<Lane> OpenAsync()
    {
        _stager ??= await LiveStager.CreateAsync(dataSource, CancellationToken.None);
        return _lane ??= await Lane.OpenAsync(dataSource, isForMany, CancellationToken.None);
    }

    private async Task CloseAsync()
    {
        if (_lane is { } lane)
        {
            _lane = null;
            await lane.DisposeAsync();
        }
    }
}
