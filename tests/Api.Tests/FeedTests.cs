using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Dapper;
using Npgsql;

namespace Payments.Api.Tests;

public sealed class FeedTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private readonly ApiHost _api = fixture.Api;
    private readonly NpgsqlDataSource _owner = fixture.Owner;

    public Task InitializeAsync() => ExecuteAsync("truncate risk.events; update risk.event_sweeps set swept_through = (select numbered_through from pipeline.find_event_bounds())");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Every_instance_tells_the_same_events_in_the_same_order_however_many_write()
    {
        const int writers = 8, rounds = 25;
        using var other = new ApiHost(fixture.ConnectionString, settings: ("Feed:Buffer", "16"));
        var start = await NewestAsync();
        using var first = await FeedReader.OpenAsync(_api, $"last_event_id={start}");
        using var second = await FeedReader.OpenAsync(other, $"last_event_id={start}");

        await Task.WhenAll(Enumerable.Range(0, writers).Select(async writer =>
        {
            var random = new Random(writer);
            await using var connection = await _owner.OpenConnectionAsync();
            for (var round = 0; round < rounds; round++)
            {
                await using var transaction = await connection.BeginTransactionAsync();
                await connection.ExecuteAsync("select pg_sleep(@pause)", new { pause = random.NextDouble() / 200 });
                await connection.ExecuteAsync(
                    "select pipeline.order_events(); insert into risk.events (kind, payload) select 'payment', jsonb_build_object('writer', @writer, 'n', @round * 3 + number) from generate_series(0, 2) as number",
                    new { writer, round });
                await connection.ExecuteAsync("select pg_sleep(@pause)", new { pause = random.NextDouble() / 500 });
                if (random.Next(5) == 0) await transaction.RollbackAsync();
                else await transaction.CommitAsync();
            }
        }));

        var stored = await StoredAsync();
        Assert.Equal(stored, await first.TakeAsync(stored.Length));
        Assert.Equal(stored, await second.TakeAsync(stored.Length));
    }

    [Fact]
    public async Task A_dropped_connection_loses_nothing_and_repeats_nothing()
    {
        using var other = new ApiHost(fixture.ConnectionString);
        var writing = Task.Run(async () =>
        {
            for (var number = 0; number < 120; number++) await WriteAsync(number);
        });
        var heard = new List<string>();
        var last = await NewestAsync();
        for (var turn = 0; heard.Count < 120; turn++)
        {
            // In turns from both instances, once by header and once by parameter.
            using var reader = turn % 3 == 0
                ? await FeedReader.OpenAsync(turn % 2 == 0 ? _api : other, $"last_event_id={last}")
                : await FeedReader.OpenAsync(turn % 2 == 0 ? _api : other, "last_event_id=1", last.ToString(CultureInfo.InvariantCulture));
            heard.AddRange(await reader.TakeAsync(Math.Min(7, 120 - heard.Count)));
            last = reader.LastId;
        }

        await writing;
        Assert.Equal(await StoredAsync(), heard);
    }

    [Fact]
    public async Task Payments_that_two_instances_take_at_once_are_told_by_both_each_once_with_their_alert()
    {
        await ExecuteAsync(
            """
            insert into public.customers (customer_id, customer_name) values ('FP1', 'One') on conflict do nothing;
            insert into public.merchants (merchant_id, merchant_name) values ('FPM', 'Shop') on conflict do nothing
            """);
        using var other = new ApiHost(fixture.ConnectionString);
        using var first = await FeedReader.OpenAsync(_api, "");
        using var second = await FeedReader.OpenAsync(other, "");

        await Task.WhenAll(Enumerable.Range(0, 40).Select(async number =>
        {
            var amount = number == 17 ? "12000.00" : "10.00";
            using var body = new StringContent(
                $$"""{"payment_id":"FP{{number}}","customer_id":"FP1","merchant_id":"FPM","amount":{{amount}},"currency":"USD","payment_method":"WALLET"}""", Encoding.UTF8, "application/json");
            using var answer = await (number % 2 == 0 ? _api : other).Client.PostAsync("/api/payments", body);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }));

        var stored = await StoredAsync();
        var told = await first.TakeAsync(stored.Length);
        Assert.Equal(stored, told);
        Assert.Equal(stored, await second.TakeAsync(stored.Length));
        Assert.Equal(
            Enumerable.Range(0, 40).Select(number => $"FP{number}").Order(StringComparer.Ordinal),
            told.Where(line => line.Split(' ')[1] == "payment").Select(line => Text(JsonElement.Parse(line.Split(' ', 3)[2]), "payment_id")!).Order(StringComparer.Ordinal));
        Assert.Contains(told, line => line.Contains(" alert ", StringComparison.Ordinal) && line.Contains("\"FP17\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("1,2")]
    [InlineData("0x10")]
    [InlineData("99999999999999999999999")]
    [InlineData("1' or '1'='1")]
    [InlineData("١٢")]
    public async Task An_id_that_is_none_is_refused(string id)
    {
        if (id.All(char.IsAscii))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/feed");
            request.Headers.TryAddWithoutValidation("Last-Event-ID", id);
            var problem = await _api.ProblemAsync(request, 400);
            Assert.True(problem.GetProperty("errors").TryGetProperty("Last-Event-ID", out _));
        }

        await _api.ProblemAsync($"/api/feed?last_event_id={Uri.EscapeDataString(id)}", 400);
        await _api.ProblemAsync($"/api/feed?kinds={Uri.EscapeDataString(id)}", 400);
    }

    [Fact]
    public async Task Who_comes_with_an_id_that_is_unknown_or_forgotten_is_told_so()
    {
        for (var number = 0; number < 6; number++) await WriteAsync(number);
        var ids = (await StoredAsync()).Select(entry => long.Parse(entry.Split(' ')[0], CultureInfo.InvariantCulture)).ToArray();
        await ExecuteAsync("select pipeline.sweep_events('-infinity', 4)");

        using var swept = await FeedReader.OpenAsync(_api, $"last_event_id={ids[0]}");
        Assert.Equal($$"""{{ids[1]}} reset {"resumes_after":{{ids[1]}},"reason":"swept"}""", swept.First);
        Assert.Equal((await StoredAsync()).Take(4), await swept.TakeAsync(4));

        using var exact = await FeedReader.OpenAsync(_api, $"last_event_id={ids[1]}");
        Assert.Equal($$"""{{ids[1]}} ready {"resumes_after":{{ids[1]}}}""", exact.First);

        using var unknown = await FeedReader.OpenAsync(_api, "last_event_id=9223372036854775807");
        Assert.Equal($$"""{{ids[5]}} reset {"resumes_after":{{ids[5]}},"reason":"unknown"}""", unknown.First);
        using var now = await FeedReader.OpenAsync(_api, "", "");
        Assert.Equal($$"""{{ids[5]}} ready {"resumes_after":{{ids[5]}}}""", now.First);
        await WriteAsync(7);
        Assert.Equal((await StoredAsync())[^1..], await unknown.TakeAsync(1));
        Assert.Equal((await StoredAsync())[^1..], await now.TakeAsync(1));
    }

    [Fact]
    public async Task Only_kinds_that_were_asked_for_are_told_and_silence_moves_the_place_on()
    {
        using var api = new ApiHost(fixture.ConnectionString, settings: ("Feed:Heartbeat", "00:00:00.2"));
        using var alerts = await FeedReader.OpenAsync(api, "kinds=alert");
        await WriteAsync(1);
        await new AlertRows(_owner).RaiseAsync("FE", [(10, 95)]);
        await WriteAsync(2);
        var newest = await NewestAsync();

        var raised = JsonElement.Parse((await alerts.TakeAsync(1))[0].Split(' ', 3)[2]);
        Assert.Equal(("raised", "OPEN", "CRITICAL", "FE-0"), (Text(raised, "step"), Text(raised, "status"), Text(raised, "severity"), Text(raised, "customer_id")));
        while (alerts.LastId < newest) await alerts.NextAsync();

        using var resolved = await api.Client.PostAsJsonAsync($"/api/alerts/{raised.GetProperty("alert_id")}/resolve", new { status = "fraud", reason = "x" });
        Assert.Equal(HttpStatusCode.OK, resolved.StatusCode);
        Assert.Equal("RESOLVED_FRAUD", Text(JsonElement.Parse((await alerts.TakeAsync(1))[0].Split(' ', 3)[2]), "status"));
    }

    [Fact]
    public async Task A_reader_that_does_not_read_holds_up_nobody()
    {
        using var api = new ApiHost(fixture.ConnectionString, settings: ("Feed:Buffer", "32"));
        using var stalled = new TcpClient();
        var address = api.Client.BaseAddress!;
        await stalled.ConnectAsync(address.Host, address.Port);
        await stalled.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /api/feed HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n"));
        using var reader = await FeedReader.OpenAsync(api, "");

        await ExecuteAsync("select pipeline.order_events(); insert into risk.events (kind, payload) select 'payment', jsonb_build_object('n', number, 'text', repeat('x', 20000)) from generate_series(1, 1000) as number");
        for (var number = 0; number < 10; number++) await WriteAsync(number);

        var stored = await StoredAsync();
        Assert.Equal(1010, stored.Length);
        Assert.Equal(stored, await reader.TakeAsync(stored.Length));
    }

    [Fact]
    public async Task When_the_database_drops_the_connection_that_listens_readers_stay_and_miss_nothing()
    {
        using var api = new ApiHost($"{fixture.ConnectionString};Application Name=feed-dropped");
        using var reader = await FeedReader.OpenAsync(api, "");
        await WriteAsync(1);
        Assert.Equal(await StoredAsync(), await reader.TakeAsync(1));

        var ended = await ScalarAsync("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and application_name = 'feed-dropped'");
        Assert.NotEqual(0, ended);
        await WriteAsync(2);
        Assert.Equal((await StoredAsync())[1..], await reader.TakeAsync(1));
    }

    [Fact]
    public async Task One_connection_listens_for_all_readers_and_is_closed_when_the_last_has_left()
    {
        using var api = new ApiHost($"{fixture.ConnectionString};Application Name=feed-shared;Pooling=false", settings: ("Feed:Poll", "00:10:00"));
        for (var turn = 0; turn < 2; turn++)
        {
            using (var first = await FeedReader.OpenAsync(api, ""))
            using (var second = await FeedReader.OpenAsync(api, ""))
            {
                await WriteAsync(turn);
                Assert.Equal(await first.TakeAsync(1), await second.TakeAsync(1));
                await EventuallyAsync(async () => await ConnectionsAsync() == 1);
            }

            await EventuallyAsync(async () => await ConnectionsAsync() == 0);
        }

        Task<long> ConnectionsAsync() => ScalarAsync("select count(*) from pg_stat_activity where datname = current_database() and application_name = 'feed-shared'");
    }

    [Fact]
    public async Task There_is_a_limit_of_readers_and_the_stream_is_not_compressed()
    {
        using var api = new ApiHost(fixture.ConnectionString, settings: ("Feed:Readers", "1"));
        using (var only = await FeedReader.OpenAsync(api, ""))
        {
            Assert.Equal("text/event-stream", only.Response.Content.Headers.ContentType?.ToString());
            Assert.Empty(only.Response.Content.Headers.ContentEncoding);
            Assert.Equal("no", only.Response.Headers.GetValues("X-Accel-Buffering").Single());
            var problem = await api.ProblemAsync("/api/feed", 429);
            Assert.Equal("All places of the feed are taken here: 1 (Feed:Readers).", Text(problem, "detail"));
        }

        await EventuallyAsync(async () =>
        {
            using var free = await api.Client.GetAsync("/api/feed", HttpCompletionOption.ResponseHeadersRead);
            return free.StatusCode == HttpStatusCode.OK;
        });
    }

    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; !await holds(); i++)
        {
            Assert.True(i < 500, "It never came to hold.");
            await Task.Delay(20);
        }
    }

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();

    private Task WriteAsync(int number) => ExecuteAsync(
        string.Create(CultureInfo.InvariantCulture, $$"""select pipeline.order_events(); insert into risk.events (kind, payload) values ('payment', '{"n": {{number}}}')"""));

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await _owner.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(sql);
        await transaction.CommitAsync();
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var connection = await _owner.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    private Task<long> NewestAsync() => ScalarAsync("select newest from pipeline.find_event_bounds()");

    private async Task<string[]> StoredAsync()
    {
        await using var connection = await _owner.OpenConnectionAsync();
        return [.. await connection.QueryAsync<string>("select concat_ws(' ', event_id, kind, payload) from pipeline.list_events(0, 1000000)")];
    }

    /// <summary>Reads a stream of events, line by line.</summary>
    private sealed class FeedReader : IDisposable
    {
        private readonly StreamReader _lines;

        private FeedReader(HttpResponseMessage response, Stream content) => (Response, _lines) = (response, new(content));

        public HttpResponseMessage Response { get; }

        /// <summary>The marker that the stream began with.</summary>
        public string First { get; private set; } = "";

        /// <summary>What a browser would send when it comes back.</summary>
        public long LastId { get; private set; }

        public static async Task<FeedReader> OpenAsync(ApiHost api, string query, string? lastEventId = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/feed?{query}");
            request.Headers.AcceptEncoding.ParseAdd("gzip, br");
            if (lastEventId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
            var response = await api.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var reader = new FeedReader(response, await response.Content.ReadAsStreamAsync());
            while (reader.First.Length == 0) reader.First = await reader.NextAsync() ?? "";
            return reader;
        }

        /// <summary>The next block: id, event and data; null for one without data.</summary>
        public async Task<string?> NextAsync()
        {
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            string kind = "", data = "";
            while (await _lines.ReadLineAsync(late.Token) is { } line)
            {
                if (line.Length == 0) return data.Length == 0 ? null : $"{LastId} {kind} {data}";
                if (line.StartsWith("id: ", StringComparison.Ordinal)) LastId = long.Parse(line[4..], CultureInfo.InvariantCulture);
                if (line.StartsWith("event: ", StringComparison.Ordinal)) kind = line[7..];
                if (line.StartsWith("data: ", StringComparison.Ordinal)) data = line[6..];
            }

            throw new EndOfStreamException();
        }

        public async Task<string[]> TakeAsync(int count)
        {
            var taken = new List<string>();
            while (taken.Count < count)
            {
                if (await NextAsync() is { } next) taken.Add(next);
            }

            return [.. taken];
        }

        public void Dispose()
        {
            _lines.Dispose();
            Response.Dispose();
        }
    }
}
