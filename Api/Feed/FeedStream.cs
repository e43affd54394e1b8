using System.Buffers;
using System.ComponentModel;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Payments.Api.Parameters;
using Payments.Api.Problems;
using Payments.Pipeline;
using Payments.Pipeline.Alerts;

namespace Payments.Api.Feed;

/// <summary><c>GET /api/feed</c>: events as server-sent events, until the reader leaves or the API stops.</summary>
internal sealed class FeedStream : IResult
{
    private const string Resume = "Last-Event-ID";
    private const int FlushBytes = 32 * 1024;

    private static readonly string[] AllKinds = [FeedEvent.Payment, FeedEvent.Alert, FeedEvent.Rule];
    private static readonly UpDownCounter<long> Readers = PipelineTelemetry.Meter.CreateUpDownCounter<long>("payments.feed.readers", "{reader}", "Readers of the live feed.");
    private static readonly Counter<long> Sent = PipelineTelemetry.Meter.CreateCounter<long>("payments.feed.events", "{event}", "Events sent to readers of the live feed.");

    private readonly FeedSource.Seat _seat;
    private readonly FeedEvent _first;
    private readonly string[] _kinds;
    private readonly TimeSpan _heartbeat;
    private readonly TimeProvider _clock;
    private readonly IHostApplicationLifetime _lifetime;

    private FeedStream(FeedSource.Seat seat, FeedEvent first, string[] kinds, TimeSpan heartbeat, TimeProvider clock, IHostApplicationLifetime lifetime) =>
        (_seat, _first, _kinds, _heartbeat, _clock, _lifetime) = (seat, first, kinds, heartbeat, clock, lifetime);

    /// <summary>The live feed.</summary>
    /// <remarks>
    /// Server-sent events: <c>payment</c> (scored payments: every one that came over the API, and of files those from REVIEW upward or
    /// flagged), <c>alert</c> (each step of an alert) and <c>rule</c> (a rule was stopped by its cap, or somebody has acknowledged that), in
    /// the order of their commits, with the same ids on every instance. An alert's step and status are those of the event; everything else
    /// about it, or about a payment, is what the database has when the event is read. The first is <c>ready</c>. Who sends
    /// <c>Last-Event-ID</c>, as browsers do by themselves, hears everything since; without it the stream begins now, with
    /// <c>last_event_id=0</c> at the oldest event that is kept. Where events are missing in between (kept for <c>Feed:Days</c>, at most
    /// <c>Feed:Events</c>), or the id is not one of this store, an event <c>reset</c> says so: read the lists again, then go on. Silence is
    /// broken by comments.
    /// </remarks>
    [ProducesResponseType<FeedEvent>(StatusCodes.Status200OK, "text/event-stream")]
    public static async Task<IResult> GetAsync(
        HttpContext context,
        FeedSource source,
        IOptions<FeedOptions> options,
        TimeProvider clock,
        IHostApplicationLifetime lifetime,
        [FromHeader(Name = Resume), Description("The last event that was heard; weightier than last_event_id.")] string? lastHeard,
        [FromQuery(Name = "last_event_id"), Description("The same, where a header cannot be set.")] string? lastEventId,
        [FromQuery(Name = "kinds"), Description("payment, alert, rule, or several with commas; all without it.")] string? kinds,
        CancellationToken cancellationToken)
    {
        var wanted = Kinds(kinds);
        var resumed = string.IsNullOrEmpty(lastHeard) ? Id("last_event_id", lastEventId) : Id(Resume, lastHeard);
        var bounds = await source.BoundsAsync(cancellationToken);
        return source.TryJoin() is { } seat
            ? new FeedStream(seat, First(resumed, bounds), wanted, options.Value.Heartbeat, clock, lifetime)
            : Problem.TooMany(context, $"All places of the feed are taken here: {options.Value.Readers} (Feed:Readers).");
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var seat = _seat;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, _lifetime.ApplicationStopping);
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        // Proxies that collect answers before they pass them on would make a live feed a dead one.
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        Readers.Add(1);
        try
        {
            await WriteAsync(response.BodyWriter, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The reader has left, or the API stops: it will come back with the last id that it has heard.
        }
        finally
        {
            Readers.Add(-1);
        }
    }

    private static FeedEvent First(long? resumed, FeedBounds bounds) => resumed switch
    {
        null => Marker(FeedEvent.Ready, bounds.Newest),
        { } id when id > bounds.NumberedThrough => Marker(FeedEvent.Reset, bounds.Newest, "unknown"),
        { } id when id < bounds.SweptThrough => Marker(FeedEvent.Reset, bounds.SweptThrough, "swept"),
        { } id => Marker(FeedEvent.Ready, id),
    };

    private static FeedEvent Marker(string kind, long after, string? reason = null) => FeedEvent.Of(
        after,
        kind,
        string.Create(CultureInfo.InvariantCulture, $"{{\"resumes_after\":{after}{(reason is null ? "" : $",\"reason\":\"{reason}\"")}}}"));

    private static string[] Kinds(string? kinds)
    {
        if (kinds is null) return AllKinds;
        var wanted = kinds.Split(',');
        return wanted.All(kind => AllKinds.Contains(kind, StringComparer.Ordinal))
            ? wanted
            : throw new InvalidParameterException("kinds", $"must be {string.Join(", ", AllKinds)}, or several of them with commas between them");
    }

    private static long? Id(string name, string? text)
    {
        if (text is null) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw new InvalidParameterException(name, "must be the id of an event of this feed, a whole number from 0");
    }

    private async Task WriteAsync(PipeWriter writer, CancellationToken ending)
    {
        writer.Write("retry: 2000\n\n"u8);
        writer.Write(_first.Block.Span);
        await writer.FlushAsync(ending);
        var (heard, told) = (_first.Id, _first.Id);
        while (!_seat.IsOver)
        {
            var more = _seat.More;
            var (events, goneThrough) = await _seat.NextAsync(heard, ending);
            if (goneThrough is { } gone)
            {
                writer.Write(Marker(FeedEvent.Reset, gone, "swept").Block.Span);
                (heard, told) = (gone, gone);
            }

            var unflushed = 0;
            foreach (var next in events)
            {
                heard = next.Id;
                if (!_kinds.Contains(next.Kind, StringComparer.Ordinal)) continue;
                writer.Write(next.Block.Span);
                told = heard;
                Sent.Add(1);
                unflushed += next.Block.Length;
                if (unflushed < FlushBytes) continue;
                await writer.FlushAsync(ending);
                unflushed = 0;
            }

            if (events.Count > 0 || goneThrough is not null)
            {
                await writer.FlushAsync(ending);
                continue;
            }

            try
            {
                await more.WaitAsync(_heartbeat, _clock, ending);
            }
            catch (TimeoutException)
            {
                // An id without data moves the reader on behind events of kinds that it does not want, lest they are swept and it is told so.
                var place = heard > told ? string.Create(CultureInfo.InvariantCulture, $"id: {heard}\n") : "";
                writer.Write(Encoding.UTF8.GetBytes($": {_heartbeat.TotalSeconds:0.###} s of silence\n{place}\n"));
                told = heard;
                await writer.FlushAsync(ending);
            }
        }
    }
}
