using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Payments.Testing;

namespace Payments.Worker.Tests;

/// <summary>kill -9 of a real API while payments stream in, again and again: what was answered is stored, once, and totals are exact.</summary>
public sealed class KilledApiTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int Senders = 12;
    private const int Kills = 3;

    [Fact]
    public async Task Nothing_that_was_answered_is_lost_and_what_is_sent_again_is_stored_once()
    {
        await ScalarAsync("insert into public.customers (customer_id, customer_name) select 'C' || n, 'Customer' from generate_series(0, 9) as n");
        await ScalarAsync("insert into public.merchants (merchant_id, merchant_name) values ('M1', 'A merchant')");
        var folder = WorkerHost.NewFolder();
        var answered = new ConcurrentDictionary<string, string>();
        var api = await SpawnedApi.StartAsync(database, folder);
        using var done = new CancellationTokenSource();
        var current = new Uri[] { api.Client.BaseAddress! };
        var senders = Enumerable.Range(0, Senders).Select(sender => Task.Run(() => SendAsync(sender, () => Volatile.Read(ref current[0]), answered, done.Token))).ToArray();

        for (var kill = 1; kill <= Kills; kill++)
        {
            await Eventually.EqualAsync(true, () => Task.FromResult(answered.Count >= kill * 150), seconds: 120);
            await api.DisposeAsync();
            api = await SpawnedApi.StartAsync(database, folder);
            Volatile.Write(ref current[0], api.Client.BaseAddress!);
        }

        await Eventually.EqualAsync(true, () => Task.FromResult(answered.Count >= (Kills + 1) * 150), seconds: 120);
        await done.CancelAsync();
        await Task.WhenAll(senders);
        await api.DisposeAsync();

        foreach (var (id, score) in answered)
        {
            Assert.Equal(score, await ScalarAsync($"select risk_score::text from public.payments where payment_id = '{id}'"));
        }

        // Besides those answered there may be, of each sender, the one that it was sending when a kill came.
        var stored = (long)(await ScalarAsync("select count(*) from public.payments"))!;
        Assert.InRange(stored, answered.Count, answered.Count + Senders);
        Assert.Equal(0L, await ScalarAsync("select count(*) from pipeline.find_rollup_differences()"));
        Assert.Equal(stored, await ScalarAsync("select sum(records_accepted)::bigint from ops.imports where source = 'api'"));
        Assert.Equal(stored, await ScalarAsync("select sum(record_count)::bigint - (select sum(records_duplicate)::bigint from ops.imports where source = 'api') from ops.batches"));
    }

    // One payment after the other, each until it is answered: under its key, or by its id alone.
    private static async Task SendAsync(int sender, Func<Uri> address, ConcurrentDictionary<string, string> answered, CancellationToken done)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        for (var i = 0; !done.IsCancellationRequested; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"KILL-{sender}-{i}");
            var body = $$"""{"payment_id":"{{id}}","customer_id":"C{{sender % 10}}","merchant_id":"M1","amount":{{10 + i}}.50,"currency":"USD","payment_method":"WALLET"}""";
            while (!done.IsCancellationRequested)
            {
                try
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address(), "/api/payments")) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
                    if (sender % 2 == 0) request.Headers.Add("Idempotency-Key", id);
                    using var response = await client.SendAsync(request, CancellationToken.None);
                    if (response.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK)
                    {
                        answered[id] = System.Text.Json.JsonElement.Parse(await response.Content.ReadAsStringAsync(CancellationToken.None)).GetProperty("risk_score").GetRawText();
                        break;
                    }
                }
                catch (HttpRequestException)
                {
                    // Killed: nobody knows whether it is stored, so it is sent again.
                }

                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
