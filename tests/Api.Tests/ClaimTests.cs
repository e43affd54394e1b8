using System.Net.Http.Json;
using System.Text.Json;

namespace Payments.Api.Tests;

/// <summary>Refunds and disputes as lists, and in what a payment tells of itself.</summary>
public sealed class ClaimTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    public async Task InitializeAsync()
    {
        // Every fact of this class reads these rows, so they are made once.
        if (await _store.ScalarAsync<long>("select count(*) from public.payments") > 0)
        {
            return;
        }

        await _store.ImportAsync("customers", "customer_id\nC1\n");
        await _store.ImportAsync("merchants", "merchant_id,commission_rate,settles_from\nM1,10,2026-01-01\n");
        await _store.ImportAsync(
            "payments",
            """
            payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date
            P1,C1,M1,100,USD,WALLET,SUCCESS,2026-01-10T10:00:00Z
            P2,C1,M1,500,JPY,WALLET,SUCCESS,2026-01-10T10:00:00Z

            """);
        await _store.ScalarAsync<object>("select pipeline.settle_payments('2026-01-11')");
        await _store.ImportAsync(
            "refunds",
            """
            refund_id,payment_id,amount,currency,status,refund_date
            R1,P1,30,USD,succeeded,2026-01-11
            R2,P2,500,JPY,succeeded,2026-01-12T09:00:00Z
            R3,P1,7.5,USD,pending,2026-01-12T09:00:00Z

            """);
        await _store.ImportAsync("disputes", "dispute_id,payment_id,amount,currency,status,reason,dispute_date\nD1,P1,1000,USD,lost,fraudulent,2026-01-20\n");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("/api/refunds", "R2 500, R3 7.50, R1 30.00")]
    [InlineData("/api/refunds?payment_id=P1", "R3 7.50, R1 30.00")]
    [InlineData("/api/refunds?payment_id=P1&status=succeeded", "R1 30.00")]
    [InlineData("/api/refunds?from=2026-01-11&to=2026-01-11", "R1 30.00")]
    [InlineData("/api/refunds?payment_id=nobody", "")]
    [InlineData("/api/disputes?status=lost&from=2026-01-20", "D1 1000.00")]
    [InlineData("/api/disputes?to=2026-01-19", "")]
    public async Task Claims_are_listed_newest_first(string path, string expected) =>
        Assert.Equal(expected, string.Join(", ", (await _api.Client.GetFromJsonAsync<JsonElement[]>(path))!.Select(Line)));

    [Theory]
    [InlineData("/api/refunds?status=lost")]
    [InlineData("/api/disputes?limit=0")]
    [InlineData("/api/disputes?from=yesterday")]
    public async Task A_bad_parameter_is_named(string path) => await _api.ProblemAsync(path, 400);

    [Fact]
    public async Task Pages_lead_from_one_to_the_next()
    {
        using var first = await _api.Client.GetAsync("/api/refunds?limit=1");
        Assert.Equal(["R2 500"], (await first.Content.ReadFromJsonAsync<JsonElement[]>())!.Select(Line));
        var next = first.Headers.GetValues("Link").Single().Split('<', '>')[1];
        Assert.Equal(["R3 7.50"], (await _api.Client.GetFromJsonAsync<JsonElement[]>(next))!.Select(Line));
    }

    [Fact]
    public async Task A_payment_tells_its_moves_refunds_disputes_and_adjustments()
    {
        var story = JsonElement.Parse(await _api.GetAsync("/api/lineage/payments/P1"));
        Assert.Equal(["refund R1  succeeded 2 test.csv", "refund R3  pending 4 test.csv", "dispute D1  lost 2 test.csv"], story.GetProperty("history").EnumerateArray().Select(Move));
        Assert.Equal(["R3 7.50", "R1 30.00"], story.GetProperty("refunds").EnumerateArray().Select(Line));
        Assert.Equal(["D1 1000.00"], story.GetProperty("disputes").EnumerateArray().Select(Line));
        Assert.Equal(
            ["-30.00 refund STL-20260110-USD-M1", "-70.00 dispute STL-20260110-USD-M1"],
            story.GetProperty("adjustments").EnumerateArray().Select(row => $"{row.GetProperty("amount")} {row.GetProperty("cause")} {row.GetProperty("settlement_id")}"));

        var refunded = JsonElement.Parse(await _api.GetAsync("/api/lineage/payments/P2"));
        Assert.Equal(["refund R2  succeeded 3 test.csv", "payment P2 SUCCESS REFUNDED 3 test.csv"], refunded.GetProperty("history").EnumerateArray().Select(Move));
        Assert.Equal("R2", refunded.GetProperty("history")[1].GetProperty("refund_id").GetString());
    }

    private static string Line(JsonElement row) =>
        $"{(row.TryGetProperty("refund_id", out var id) ? id : row.GetProperty("dispute_id"))} {row.GetProperty("amount").GetRawText()}";

    private static string Move(JsonElement row) =>
        string.Join(' ', new[] { "subject", "id", "previous_status", "new_status", "line_number", "file_name" }.Select(name => row.GetProperty(name).ToString()));
}
