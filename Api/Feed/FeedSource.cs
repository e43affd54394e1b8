using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Npgsql;
using Payments.Pipeline.Alerts;

namespace Payments.Api.Feed;

/// <summary>From where to where the feed can be read.</summary>
/// <param name="SweptThrough">Events up to this one are gone.</param>
/// <param name="Newest">The newest event that can be seen.</param>
/// <param name="NumberedThrough">The highest id that was ever given.</param>
internal sealed record FeedBounds(long SweptThrough, long Newest, long NumberedThrough);

/// <summary>
/// Where this instance's readers get their events: one connection listens for all of them, as long as there are any. Events are rows in the order of
/// their commits, so every instance tells the same; a notification only wakes.
/// </summary>
internal sealed class FeedSource(NpgsqlDataSource database, IOptions<FeedOptions> options, TimeProvider clock, ILogger<FeedSource> log) : IDisposable
{
    private const int Page = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private int _readers;
    private FeedBuffer _buffer = new(1);
    private CancellationTokenSource? _listening;

    /// <summary>Lets a reader in.</summary>
    /// <returns>Its seat, to be given back; null when all are taken.</returns>
    public Seat? TryJoin()
    {
        lock (_lock)
        {
            if (_readers >= options.Value.Readers) return null;
            if (_readers++ == 0)
            {
                _buffer = new(options.Value.Buffer);
                _listening = new();
                _ = ListenAsync(_buffer, _listening.Token);
            }

            return new(this, _buffer);
        }
    }

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _listening?.Cancel();
            _listening?.Dispose();
            _listening = null;
        }
    }

    /// <summary>From where to where the feed can be read now.</summary>
    public async Task<FeedBounds> BoundsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await BoundsAsync(connection, cancellationToken);
    }

    private static async Task<FeedBounds> BoundsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select swept_through, newest, numbered_through from pipeline.find_event_bounds()", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    private static async Task<List<FeedEvent>> ReadAsync(NpgsqlConnection connection, long after, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select event_id, kind, payload from pipeline.list_events($1, $2)", connection);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = Page });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<FeedEvent>();
        while (await reader.ReadAsync(cancellationToken)) events.Add(FeedEvent.Of(reader.GetInt64(0), reader.GetString(1), reader.GetString(2)));
        return events;
    }

    // Ends with the last reader. A database that is away is waited for: readers stay, and hear what they have missed.
    private async Task ListenAsync(FeedBuffer buffer, CancellationToken stopping)
    {
        // The request that came first is not what this works for.
        Activity.Current = null;
        long? seen = null;
        var isAway = false;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stopping);
                await using (var listen = new NpgsqlCommand("listen risk_events", connection))
                {
                    await listen.ExecuteNonQueryAsync(stopping);
                }

                var bounds = await BoundsAsync(connection, stopping);
                // Ids begin anew: another store, or this one as it was before. Who comes back is told so.
                if (seen > bounds.NumberedThrough) buffer = Renew(buffer);
                if (seen is null || seen > bounds.NumberedThrough || seen < bounds.SweptThrough)
                {
                    seen = bounds.Newest;
                    buffer.Start(bounds.Newest);
                }

                if (isAway) log.LogInformation("The feed listens again");
                isAway = false;
                while (true)
                {
                    for (var events = await ReadAsync(connection, seen.Value, stopping); events.Count > 0; events = await ReadAsync(connection, seen.Value, stopping))
                    {
                        seen = events[^1].Id;
                        buffer.Append(events);
                    }

                    await connection.WaitAsync(options.Value.Poll, stopping);
                }
            }
            catch (Exception error) when (error is NpgsqlException or SocketException or TimeoutException && !stopping.IsCancellationRequested)
            {
                if (!isAway) log.LogWarning("The feed cannot listen ({Reason}); trying every {Pause}", error.Message, Pause);
                isAway = true;
                await Task.Delay(Pause, clock, CancellationToken.None);
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                // The last reader has left.
            }
            catch (Exception error)
            {
                // Nobody awaits this task: its end would be a silence that nobody explains.
                log.LogError(error, "The feed failed unexpectedly; trying every {Pause}", Pause);
                await Task.Delay(Pause, clock, CancellationToken.None);
            }
        }
    }

    private FeedBuffer Renew(FeedBuffer ended)
    {
        ended.End();
        lock (_lock) return _buffer = new(options.Value.Buffer);
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_readers == 0) Dispose();
        }
    }

    /// <summary>A reader's seat.</summary>
    internal sealed class Seat(FeedSource source, FeedBuffer buffer) : IDisposable
    {
        private bool _isLeft;

        /// <summary>Whether nothing will come here any more.</summary>
        public bool IsOver => buffer.IsOver;

        /// <summary>Ends when there may be something new since it was asked for.</summary>
        public Task More => buffer.More;

        /// <summary>The next events behind one, none when there are none yet; from memory, or from the database for who is far behind.</summary>
        /// <returns>The events, and, where some before them are gone, behind which one they begin.</returns>
        public async Task<(IReadOnlyList<FeedEvent> Events, long? GoneThrough)> NextAsync(long after, CancellationToken cancellationToken)
        {
            if (buffer.Take(after, Page) is { } kept) return (kept, null);
            await using var connection = await source.Connections.OpenConnectionAsync(cancellationToken);
            var events = await ReadAsync(connection, after, cancellationToken);
            // Asked for afterwards: what a sweep took from under the reading counts as gone.
            var swept = (await BoundsAsync(connection, cancellationToken)).SweptThrough;
            return swept > after ? ([.. events.Where(later => later.Id > swept)], swept) : (events, null);
        }

        public void Dispose()
        {
            if (_isLeft) return;
            _isLeft = true;
            source.Leave();
        }
    }

    private NpgsqlDataSource Connections => database;
}
