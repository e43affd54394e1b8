using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Payments.Api.Tests;

public sealed class StreamingTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private const int Rows = 200_000;
    private const string All = "/api/reports/failed-payments?start_date=2026-03-01&end_date=2026-03-31";

    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    public async Task InitializeAsync()
    {
        if (await _store.ScalarAsync<long>("select count(*) from public.customers") > 0)
        {
            return;
        }

        await _store.ExecuteAsync(
            """
            insert into public.customers (customer_id, customer_name) values ('C1', 'Ada');
            insert into public.merchants (merchant_id, merchant_name) values ('M1', 'Books');
            select pipeline.ensure_payment_partitions('2026-03-01 00:00Z', '2026-03-31 00:00Z');
            insert into public.payments (payment_id, customer_id, merchant_id, amount, currency, payment_status, transaction_date,
                failure_reason, risk_score, batch_id, line_number)
            select 'P' || n, 'C1', 'M1', 1.23, 'USD', 'FAILED', timestamptz '2026-03-01 00:00Z' + n * interval '1 second',
                'a reason that makes the row somewhat longer', 0, 0, n
            from generate_series(1, 200000) as n;
            analyze public.payments;
            """);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_large_array_is_complete_and_arrives_while_it_is_read()
    {
        using var response = await _api.Client.GetAsync(All, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        Assert.Null(response.Content.Headers.ContentLength);

        // With the client not reading on, the server can only have gone as far as the socket's buffers.
        await Task.Delay(300);
        var first = new byte[1];
        await body.ReadExactlyAsync(first);
        Assert.Equal((byte)'[', first[0]);
        Assert.Equal(1, await _store.ScalarAsync<long>(
            "select count(*) from pg_stat_activity where datname = current_database() and usename = 'payments_api' and state = 'active' and backend_type = 'client backend'"));

        using var rest = new MemoryStream();
        rest.Write(first);
        await body.CopyToAsync(rest);
        var rows = JsonDocument.Parse(rest.GetBuffer().AsMemory(0, (int)rest.Length)).RootElement;
        Assert.Equal(Rows, rows.GetArrayLength());
        Assert.Equal($"P{Rows}", rows[0].GetProperty("payment_id").GetString());
        Assert.Equal("P1", rows[Rows - 1].GetProperty("payment_id").GetString());
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task A_stream_is_compressed_when_asked(string encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, All) { Headers = { AcceptEncoding = { new StringWithQualityHeaderValue(encoding) } } };
        using var response = await _api.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal([encoding], response.Content.Headers.ContentEncoding);
        await using var body = await response.Content.ReadAsStreamAsync();
        await using Stream plain = encoding == "br" ? new BrotliStream(body, CompressionMode.Decompress) : new GZipStream(body, CompressionMode.Decompress);
        Assert.Equal(Rows, (await JsonDocument.ParseAsync(plain)).RootElement.GetArrayLength());
    }

    [Fact]
    public async Task A_caller_who_hangs_up_frees_the_connection()
    {
        using (var response = await _api.Client.GetAsync(All, HttpCompletionOption.ResponseHeadersRead))
        {
            await using var body = await response.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[100]);
        }

        for (var i = 0; i < 100 && await ActiveAsync() > 0; i++)
        {
            await Task.Delay(50);
        }

        Assert.Equal(0, await ActiveAsync());
        await _api.GetAsync("/api/health");
    }

    [Fact]
    public async Task Requests_share_a_few_logins()
    {
        await _api.GetAsync("/api/health");
        const string logins = "select array_agg(pid) from pg_stat_activity where datname = current_database() and usename = 'payments_api'";
        for (var i = 0; i < 5; i++)
        {
            await _api.GetAsync("/api/analytics/merchant-performance");
        }

        var before = await _store.ScalarAsync<int[]>(logins);
        for (var i = 0; i < 50; i++)
        {
            await _api.GetAsync("/api/analytics/merchant-performance");
            await _api.GetAsync("/api/health");
            await _api.GetAsync("/health");
        }

        // A loop of the API that wakes while a request holds a login takes another one, and leaves it to the requests after it.
        var after = await _store.ScalarAsync<int[]>(logins);
        Assert.Superset(before.ToHashSet(), after.ToHashSet());
        Assert.InRange(after.Length, before.Length, 4);
    }

    private Task<long> ActiveAsync() => _store.ScalarAsync<long>(
        "select count(*) from pg_stat_activity where datname = current_database() and usename = 'payments_api' and state = 'active' and backend_type = 'client backend'");
}
